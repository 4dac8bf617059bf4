using System.Net;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>A subscription to a node: a sign-in (<see cref="NotificationType.Notify"/>) or a watch.</summary>
/// <remarks>A home server holds about twenty per account, so it is 32 bytes in its node's array and no object: a test counts.</remarks>
public readonly record struct Subscription
{
    private readonly long expiresAtTicks;
    private readonly byte type;
    private readonly byte proof;

    /// <summary>31-bit positive, unique on the server and never used again, even after a restart.</summary>
    public required int Id { get; init; }

    /// <summary>Sign-in or watch.</summary>
    public required NotificationType Type
    {
        get => (NotificationType)type;
        init => type = checked((byte)value);
    }

    /// <summary>Whose it is.</summary>
    public required Subscriber Subscriber { get; init; }

    /// <summary>How the subscriber proved its identity: at every change this decides which access entry applies.</summary>
    public required Credentials Proof
    {
        get => (Credentials)proof;
        init => proof = checked((byte)value);
    }

    /// <summary>The node as this subscriber spells it: the value of notification-from.</summary>
    public required RvpUrl NodeAsWritten { get; init; }

    /// <summary>When the lease runs out.</summary>
    public required DateTimeOffset ExpiresAt
    {
        get => new(expiresAtTicks, TimeSpan.Zero);
        init => expiresAtTicks = value.UtcTicks;
    }

    /// <summary>True for a polled sign-in of which nothing has been heard for too long; see <see cref="SilentAt"/>.</summary>
    public bool IsSilent { get; init; }

    /// <summary>True once this sign-in has had a view: a state without view-id does not make a second one.</summary>
    internal bool HasHadView { get; init; }

    /// <summary>See <see cref="Subscriber"/>.</summary>
    public RvpUrl Principal => Subscriber.Principal;

    /// <summary>See <see cref="Subscriber"/>.</summary>
    public Callback Callback => Subscriber.Callback;

    /// <summary>See <see cref="Subscriber"/>.</summary>
    public IPAddress Address => Subscriber.Address;

    /// <summary>See <see cref="Subscriber"/>.</summary>
    public long PasswordStamp => Subscriber.PasswordStamp;

    /// <summary>When a polled sign-in falls silent, unless it is heard of before; null if it is silent or has a callback.</summary>
    public DateTimeOffset? SilentAt =>
        Callback is Callback.Polled polled && !IsSilent ? ExpiresAt - Rules.PolledLifetime + Rules.PatienceWith(polled.Interval) : null;

    /// <summary>False if it was made with another password of the account than this one; 0 cannot be told apart.</summary>
    public bool IsOfPassword(long stamp) => PasswordStamp == 0 || stamp == 0 || PasswordStamp == stamp;

    /// <summary>The subscriber as a caller, for the access list.</summary>
    public Caller Caller => new(Principal, Proof);
}
