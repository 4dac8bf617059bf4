using System.Net;

namespace RvpServer.Authentication;

/// <summary>Which tokens of the <see cref="Throttle"/> a guess holds.</summary>
internal enum Purse
{
    /// <summary>None.</summary>
    None,

    /// <summary>One of the account at a known address.</summary>
    Place,

    /// <summary>One of the account and one of the address.</summary>
    Account,

    /// <summary>One of those for who has hardly tried, and one of the address.</summary>
    Favour,
}

/// <summary>
/// A password to be looked at, once <see cref="Wait"/> is zero. Disposing of it gives back what was not used up. Its values belong to the throttle.
/// </summary>
internal sealed class Guess(Throttle throttle, string account, IPAddress sender, bool isKnown) : IDisposable
{
    // Most guesses never wait.
    private TaskCompletionSource? left;
    private string? queue;

    public string Account { get; } = account;

    public IPAddress Sender { get; } = sender;

    /// <summary>Whether the account has signed in from there before.</summary>
    public bool IsKnown { get; } = isKnown;

    /// <summary>Who waits for the same tokens.</summary>
    public string Queue => queue ??= IsKnown ? Account + "@" + Sender : Account;

    public (string, IPAddress) Place => (Account, Sender);

    /// <summary>When trying again may help; zero: the password may be looked at.</summary>
    public TimeSpan Wait { get; set; }

    /// <summary>Tries of the address and of its network lately, with this one: who has the fewest comes first.</summary>
    public (int Address, int Network) Tries { get; set; }

    /// <summary>How many tokens were used when this one took its.</summary>
    public int Used { get; set; }

    /// <summary>Which tokens it holds.</summary>
    public Purse Purse { get; set; }

    /// <summary>Whether it holds a token for a directory as well.</summary>
    public bool IsAsking { get; set; }

    /// <summary>Completes when it does not wait any more; ask for it in the throttle's turn.</summary>
    public Task HasLeft => (left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>It waits no longer; in the throttle's turn.</summary>
    public void Leave() => (left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <inheritdoc/>
    public void Dispose() => throttle.End(this);
}
