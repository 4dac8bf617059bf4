using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>
/// One object for a URL that many subscriptions name: twenty contacts watch a node under the same spelling, and every request brings it anew.
/// A table of fixed size without locks, in which a newer URL takes an older one's place: what is lost is only the sharing.
/// </summary>
internal sealed class UrlPool
{
    // 1 MB. Twice as many as names of 10,000 accounts and as many foreign ones would need to seldom meet.
    private const int Slots = 1 << 17;

    // A stranger's long ones are not worth keeping.
    private const int MaxLength = 128;

    // As callbacks, so that these are shared too; reads and writes of a reference are atomic.
    private readonly Callback.Logical?[] table = new Callback.Logical[Slots];

    /// <summary>This URL, in exactly this spelling, as the object that others have.</summary>
    public RvpUrl Of(RvpUrl url) => Find(url).Node;

    /// <summary>The same callback as the object that others have.</summary>
    public Callback Of(Callback callback) => callback is Callback.Logical logical ? Find(logical.Node) : callback;

    /// <summary>The same change; a subscription in it on shared objects.</summary>
    public Change Of(Change change) => change is Change.SubscriptionMade { Subscription: var made }
        ? new Change.SubscriptionMade(made.WithUrls(Of(made.Principal), Of(made.NodeAsWritten), Of(made.Callback)))
        : change;

    private Callback.Logical Find(RvpUrl url)
    {
        if (url.Spelling.Length > MaxLength) return new Callback.Logical(url);
        ref var slot = ref table[url.Spelling.GetHashCode(StringComparison.Ordinal) & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && IsSame(known.Node, url)) return known;
        return slot = new Callback.Logical(url);
    }

    private static bool IsSame(RvpUrl one, RvpUrl other) =>
        ReferenceEquals(one, other)
        || (one.Spelling == other.Spelling && one.Path == other.Path && one.Host == other.Host && one.Port == other.Port && one.HomeHost == other.HomeHost);
}
