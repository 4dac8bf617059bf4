using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>
/// One object for a URL that many subscriptions contain: twenty contacts watch a node under the same spelling, and every request creates the URL again. A table
/// of fixed size without locks, in which a newer URL replaces an older one; that only loses the sharing.
/// </summary>
internal sealed class UrlPool
{
    // 1 MB. Twice the size at which the names of 10,000 accounts and as many foreign ones would seldom collide.
    private const int Slots = 1 << 17;

    // Long URLs of strangers are not worth keeping.
    private const int MaxLength = 128;

    // As callbacks, so that these are shared too; reads and writes of a reference are atomic.
    private readonly Callback.Logical?[] table = new Callback.Logical[Slots];

    /// <summary>This URL, in exactly this spelling, as the shared object.</summary>
    public RvpUrl Of(RvpUrl url) => Find(url).Node;

    /// <summary>This callback as the shared object.</summary>
    public Callback Of(Callback callback) => callback is Callback.Logical logical ? Find(logical.Node) : callback;

    /// <summary>The same change; if it contains URLs that many share, with the shared objects.</summary>
    public Change Of(Change change) => change switch
    {
        Change.SubscriptionMade { Subscription: var made } =>
            new Change.SubscriptionMade(made.WithUrls(Of(made.Principal), Of(made.NodeAsWritten), Of(made.Callback))),
        Change.ContactWatched watched => watched with { Contact = Of(watched.Contact) },
        _ => change,
    };

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
