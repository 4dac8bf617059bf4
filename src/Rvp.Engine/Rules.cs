using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>The settings that concern nodes. The limits bound everything that strangers and owners can make grow.</summary>
public sealed record Rules
{
    /// <summary>Lease of a presence value that does not name one: 20 minutes. [white paper]</summary>
    public TimeSpan StateLease { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>Longest and standard lease of a subscription: 4 hours. [white paper]</summary>
    public TimeSpan SubscriptionLifetime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>Shortest lease granted: one client renews every second if it is granted less. [client]</summary>
    public static TimeSpan ShortestSubscription { get; } = TimeSpan.FromSeconds(1800);

    /// <summary>
    /// Lease of a polled sign-in, renewed by every POLL: twice the longest interval of the white paper's clients (15 minutes). Not four hours as for others,
    /// since senders are told "delivered" for everything in the queue.
    /// </summary>
    public static TimeSpan PolledLifetime { get; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How long nothing may be heard of a polled sign-in that has named no interval: longer than a client waits before it tries again. The time that a POLL
    /// waits at the server is not silence.
    /// </summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(90);

    /// <summary>How much may wait for one account.</summary>
    public PollLimits Polling { get; init; } = PollLimits.Default;

    /// <summary>Whether a message that no client takes is kept for the next sign-in; without, its sender is told that nobody is there.</summary>
    public bool KeepsMessages { get; init; }

    /// <summary>True: blocked people cannot tell that they are blocked; false: they get 403. (Decision)</summary>
    public bool IsBlockingPolite { get; init; } = true;

    /// <summary>What others may do with an account whose owner has not said so.</summary>
    public NewAccountAccess NewAccountAccess { get; init; } = NewAccountAccess.Everyone;

    /// <summary>Sign-ins of one account; one more ends the oldest, since old clients leave theirs behind. [client]</summary>
    public int MaxSignIns { get; init; } = 32;

    /// <summary>Watches on one node; one more gets 507. Half of them are for people of other domains, each of which has a share of these.</summary>
    public int MaxWatches { get; init; } = 20_000;

    /// <summary>Watches of one watcher on one node; one more ends the oldest, since clients watch again at every sign-in. [client]</summary>
    public int MaxWatchesPerWatcher { get; init; } = 16;

    /// <summary>Nodes elsewhere that one owner may watch; one more replaces the one that ends first.</summary>
    public int MaxWatchedElsewhere { get; init; } = 1000;

    /// <summary>How long a watch of a node elsewhere counts at most: another server may grant any time.</summary>
    public static TimeSpan LongestWatchElsewhere { get; } = TimeSpan.FromDays(30);

    /// <summary>Properties that a client may add to its node.</summary>
    public int MaxProperties { get; init; } = 64;

    /// <summary>Total characters of these properties: a contact list of 2,000 people.</summary>
    public int MaxPropertyCharacters { get; init; } = 524_288;

    /// <summary>Entries of one access list.</summary>
    public int MaxAccessEntries { get; init; } = 1000;

    /// <summary>A request with a higher RVP-Hop-Count is in a loop.</summary>
    public int MaxHops { get; init; } = 8;

    /// <summary>The lease granted for a subscription: the standard one if none or 0 was asked for; never permanent. (Decision)</summary>
    public TimeSpan Grant(TimeSpan? asked) =>
        asked is not { } wanted || wanted <= TimeSpan.Zero || wanted > SubscriptionLifetime ? SubscriptionLifetime
        : wanted < ShortestSubscription ? ShortestSubscription
        : wanted;

    /// <summary>How long nothing may be heard of a sign-in that polls at this interval: one POLL may fail; not longer than its lease.</summary>
    public static TimeSpan PatienceWith(TimeSpan interval)
    {
        var patience = interval * 2;
        return patience < Patience ? Patience : patience < PolledLifetime ? patience : PolledLifetime;
    }

    /// <summary>The lease granted for a presence value; not longer than that of a subscription.</summary>
    public TimeSpan GrantState(TimeSpan? asked) =>
        asked is not { } wanted || wanted <= TimeSpan.Zero ? StateLease
        : wanted > SubscriptionLifetime ? SubscriptionLifetime
        : wanted;
}

/// <summary>What a decision needs besides node and request.</summary>
/// <param name="Now">The time.</param>
/// <param name="Rules">The server's settings.</param>
/// <param name="FreshId">
/// Returns a new id for a subscription or view, which nobody else has; only for requests that <see cref="Requests.Request.TakesIds"/>.
/// </param>
public sealed record DecisionContext(DateTimeOffset Now, Rules Rules, Func<int> FreshId)
{
    /// <summary>The highest sequence of an <see cref="InboxEntry"/> that the store knew at the start.</summary>
    public long LastPollSequence { get; init; }

    /// <summary>Whether the messages of the node's account are kept as its history.</summary>
    public bool KeepsHistory { get; init; }

    /// <summary>Takes room for an entry of a node's inbox from what all inboxes share; false if there is none, at least not for its sender.</summary>
    public Func<RvpUrl, InboxEntry, bool> TakeRoom { get; init; } = static (_, _) => true;
}
