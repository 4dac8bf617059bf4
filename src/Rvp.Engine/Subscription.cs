using System.Net;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// A subscription to a node: a sign-in (<see cref="NotificationType.Notify"/>) or a watch. Immutable except for its lease, which renewals extend, and silence.
/// </summary>
/// <remarks>A home server holds about twenty per account, so the fields are as small as possible.</remarks>
public sealed class Subscription
{
    private readonly byte type;
    private readonly byte proof;
    private bool isSilent;
    private long expiresAtTicks;

    /// <summary>31-bit positive, unique on the server and never used again, even after a restart.</summary>
    public required int Id { get; init; }

    /// <summary>Sign-in or watch.</summary>
    public required NotificationType Type
    {
        get => (NotificationType)type;
        init => type = checked((byte)value);
    }

    /// <summary>The subscriber, in its own spelling: the value of notification-to.</summary>
    public required RvpUrl Principal { get; init; }

    /// <summary>How the subscriber proved its identity: at every change this decides which access entry applies.</summary>
    public required Credentials Proof
    {
        get => (Credentials)proof;
        init => proof = checked((byte)value);
    }

    /// <summary>The node as this subscriber spells it: the value of notification-from.</summary>
    public required RvpUrl NodeAsWritten { get; init; }

    /// <summary>Where notifications go.</summary>
    public required Callback Callback { get; init; }

    /// <summary>The subscriber's network address; a state set without view-id goes to the sign-in from the same one.</summary>
    public required IPAddress Address { get; init; }

    /// <summary>Differs between the passwords of an account: the one that the subscriber proved; 0 if it proved none here.</summary>
    public long PasswordStamp { get; init; }

    /// <summary>When the lease runs out.</summary>
    public DateTimeOffset ExpiresAt
    {
        get => new(expiresAtTicks, TimeSpan.Zero);
        internal set => expiresAtTicks = value.UtcTicks;
    }

    /// <summary>True for a polled sign-in of which nothing has been heard for too long; see <see cref="SilentAt"/>.</summary>
    public bool IsSilent
    {
        get => isSilent;
        init => isSilent = value;
    }

    /// <summary>When a polled sign-in falls silent, unless it is heard of before; null if it is silent or has a callback.</summary>
    public DateTimeOffset? SilentAt =>
        Callback is Callback.Polled polled && !IsSilent ? ExpiresAt - Rules.PolledLifetime + Rules.PatienceWith(polled.Interval) : null;

    /// <summary>True once this sign-in has had a view: a state without view-id does not make a second one.</summary>
    internal bool HasHadView { get; set; }

    /// <summary>False if it was made with another password of the account than this one; 0 cannot be told apart.</summary>
    public bool IsOfPassword(long stamp) => PasswordStamp == 0 || stamp == 0 || PasswordStamp == stamp;

    /// <summary>The subscriber as a caller, for the access list.</summary>
    public Caller Caller => new(Principal, Proof);

    /// <summary>A new subscription with its first lease.</summary>
    public Subscription(DateTimeOffset expiresAt) => ExpiresAt = expiresAt;

    internal void FallSilent(bool isSilent) => this.isSilent = isSilent;

    /// <summary>The same subscription with equal URLs that are other objects.</summary>
    public Subscription WithUrls(RvpUrl principal, RvpUrl nodeAsWritten, Callback callback) => new(ExpiresAt)
    {
        Id = Id,
        Type = Type,
        Principal = principal,
        Proof = Proof,
        NodeAsWritten = nodeAsWritten,
        Callback = callback,
        Address = Address,
        PasswordStamp = PasswordStamp,
        IsSilent = IsSilent,
        HasHadView = HasHadView,
    };
}
