namespace RvpServer.Cli.Planning;

/// <summary>A figure at the mean of working hours, and at their peak.</summary>
internal sealed record Load(double Mean, double Peak);

/// <summary>How many people there are, and what they and their clients do at working hours.</summary>
internal sealed record Workload
{
    /// <summary>Accounts.</summary>
    public required double Accounts { get; init; }

    /// <summary>The share of accounts that is signed in at a time.</summary>
    public double Online { get; init; } = 0.2;

    /// <summary>The share of those whose client polls, as the web client does; all others have callbacks.</summary>
    public double Polled { get; init; } = 0.5;

    /// <summary>Contacts of each who are signed in too: the worst case, since who is not needs no telling.</summary>
    public double Contacts { get; init; } = 20;

    /// <summary>Changes of state of each who is signed in, an hour.</summary>
    public double Changes { get; init; } = 6;

    /// <summary>Messages of each who is signed in, an hour.</summary>
    public double Messages { get; init; } = 10;

    /// <summary>The peak as a multiple of the mean.</summary>
    public double Peak { get; init; } = 5;

    /// <summary>Processor cores of a machine.</summary>
    public double Cores { get; init; } = 4;

    /// <summary>Whether a history is kept (<c>Rvp:Messages:Archive</c>).</summary>
    public bool HasHistory { get; init; }

    /// <summary>People who are signed in.</summary>
    internal double People => Accounts * Online;

    /// <summary>Those whose client polls.</summary>
    internal double Polls => People * Polled;

    /// <summary>Changes of state, a second.</summary>
    internal double ChangesASecond => People * Changes / Hour;

    /// <summary>Messages, a second.</summary>
    internal double MessagesASecond => People * Messages / Hour;

    /// <summary>Changes of state that reach a contact, a second.</summary>
    internal double NewsASecond => ChangesASecond * Contacts;

    /// <summary>News and messages that reach a client which polls, a second: each ends a POLL.</summary>
    internal double FetchedASecond => (NewsASecond + MessagesASecond) * Polled;

    /// <summary>News and messages that are sent to a callback, a second.</summary>
    internal double CalledASecond => (NewsASecond + MessagesASecond) * (1 - Polled);

    /// <summary>Renewals of states, and of all subscriptions, a second.</summary>
    internal double RenewalsASecond => People * (Costs.StateRenewalsAnHour + ((Contacts + 1) * Costs.SubscriptionRenewalsAnHour)) / Hour;

    /// <summary>All requests of clients, a second.</summary>
    internal double RequestsASecond =>
        ChangesASecond + MessagesASecond + RenewalsASecond + FetchedASecond + (Polls * Costs.IdlePollsAnHour / Hour);

    /// <summary>What costs processor time: requests, notifications that are sent, and of each message the sender's own history.</summary>
    internal double EventsASecond => RequestsASecond + CalledASecond + (HasHistory ? MessagesASecond : 0);

    /// <summary>Rows that the store writes, a second; those of a history are apart.</summary>
    internal double RowsASecond =>
        (ChangesASecond * Costs.RowsOfChange) + RenewalsASecond + (MessagesASecond * Polled * Costs.RowsOfFetchedMessage);

    /// <summary>Rows of histories, a second.</summary>
    internal double HistoryRowsASecond => HasHistory ? MessagesASecond * Costs.RowsOfHistory : 0;

    /// <summary>Rows that a start reads.</summary>
    internal double Rows => (People * (Contacts + Costs.RowsOfSignIn)) + ((Accounts - People) * Costs.RowsOfAbsent);

    private const double Hour = 3600;
}
