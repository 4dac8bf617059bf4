using System.Net;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>A subscription to a node: a sign-in (<see cref="NotificationType.Notify"/>) or a watch. Immutable but for its lease, which renewals move.</summary>
/// <remarks>A home server holds twenty for each account, so its fields are as small as their values.</remarks>
public sealed class Subscription
{
    private readonly byte type;
    private readonly byte proof;
    private long expiresAtTicks;

    /// <summary>31-bit positive, unique per server and never reused, also after a restart.</summary>
    public required int Id { get; init; }

    /// <summary>Sign-in or watch.</summary>
    public required NotificationType Type
    {
        get => (NotificationType)type;
        init => type = checked((byte)value);
    }

    /// <summary>The subscriber, in its own spelling: what notification-to says.</summary>
    public required RvpUrl Principal { get; init; }

    /// <summary>How the subscriber had proven itself: its entry in the access list is judged by this at every change.</summary>
    public required Credentials Proof
    {
        get => (Credentials)proof;
        init => proof = checked((byte)value);
    }

    /// <summary>The node as this subscriber spells it: what notification-from says.</summary>
    public required RvpUrl NodeAsWritten { get; init; }

    /// <summary>Where notifications go.</summary>
    public required Callback Callback { get; init; }

    /// <summary>The address the subscriber came from; a state set without view-id goes to the sign-in from the same one.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>When the lease runs out.</summary>
    public DateTimeOffset ExpiresAt
    {
        get => new(expiresAtTicks, TimeSpan.Zero);
        internal set => expiresAtTicks = value.UtcTicks;
    }

    /// <summary>True once a view has spoken for this sign-in: a state without view-id does not make it a second one.</summary>
    internal bool HasHadView { get; set; }

    /// <summary>What its subscriber counts as in the access list.</summary>
    public Caller Caller => new(Principal, Proof);

    /// <summary>A new subscription with its first lease.</summary>
    public Subscription(DateTimeOffset expiresAt) => ExpiresAt = expiresAt;

    /// <summary>The same with equal URLs that are other objects.</summary>
    public Subscription WithUrls(RvpUrl principal, RvpUrl nodeAsWritten, Callback callback) => new(ExpiresAt)
    {
        Id = Id,
        Type = Type,
        Principal = principal,
        Proof = Proof,
        NodeAsWritten = nodeAsWritten,
        Callback = callback,
        Address = Address,
        HasHadView = HasHadView,
    };
}
