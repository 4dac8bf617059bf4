using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>
/// One object for what many subscriptions contain: twenty contacts watch a node under the same spelling, a client has a sign-in and twenty watches, and every
/// request creates all of it again. Tables of fixed size without locks, in which a newer one replaces an older one; that only loses the sharing.
/// </summary>
internal sealed class UrlPool
{
    // 1 MB each. Twice the size at which the names of 10,000 accounts and as many foreign ones would seldom collide.
    private const int Slots = 1 << 17;

    // Long URLs of strangers are not worth keeping.
    private const int MaxLength = 128;

    // Reads and writes of a reference are atomic.
    private readonly RvpUrl?[] urls = new RvpUrl[Slots];
    private readonly string?[] hosts = new string[Slots >> 6];
    private readonly Subscriber?[] subscribers = new Subscriber[Slots];

    /// <summary>This URL, in exactly this spelling, as the shared object; where a physical one led is forgotten.</summary>
    public RvpUrl Of(RvpUrl url)
    {
        if (url.Spelling.Length > MaxLength) return url.ToKeep(url.Host);
        ref var slot = ref urls[url.Spelling.GetHashCode(StringComparison.Ordinal) & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        return known is not null && IsSame(known, url) ? known : slot = url.ToKeep(Of(url.Host));
    }

    /// <summary>This subscriber as the shared object.</summary>
    public Subscriber Of(Subscriber subscriber)
    {
        var principal = Of(subscriber.Principal);
        ref var slot = ref subscribers[HashCode.Combine(principal, subscriber.Address) & (Slots - 1)];
        var known = Volatile.Read(ref slot);
        if (known is not null && ReferenceEquals(known.Principal, principal) && known.Address.Equals(subscriber.Address)
            && known.PasswordStamp == subscriber.PasswordStamp && IsSame(known.Callback, subscriber.Callback)) return known;
        return slot = subscriber with { Principal = principal, Callback = Of(subscriber.Callback) };
    }

    /// <summary>The same change; if it contains what many share, with the shared objects.</summary>
    public Change Of(Change change) => change switch
    {
        Change.SubscriptionMade { Subscription: var made } =>
            new Change.SubscriptionMade(made with { Subscriber = Of(made.Subscriber), NodeAsWritten = Of(made.NodeAsWritten) }),
        Change.ContactWatched watched => watched with { Contact = Of(watched.Contact) },
        _ => change,
    };

    private string Of(string host)
    {
        ref var slot = ref hosts[host.GetHashCode(StringComparison.Ordinal) & (hosts.Length - 1)];
        var known = Volatile.Read(ref slot);
        return known == host ? known : slot = host;
    }

    private Callback Of(Callback callback) => callback is Callback.Logical logical ? new Callback.Logical(Of(logical.Node)) : callback;

    private static bool IsSame(Callback one, Callback other) =>
        one is Callback.Logical { Node: var known } && other is Callback.Logical { Node: var node } ? IsSame(known, node) : one.Equals(other);

    private static bool IsSame(RvpUrl one, RvpUrl other) =>
        ReferenceEquals(one, other)
        || (one.Spelling == other.Spelling && one.HasPathOf(other) && one.Host == other.Host && one.Port == other.Port);
}
