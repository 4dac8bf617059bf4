using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// One change of a node's state: what <see cref="Node.Apply"/> applies and what the store keeps. Each is an upsert or a delete of one keyed
/// row, so that a store read back as changes and applied again gives the same node. A closed set.
/// </summary>
public abstract record Change
{
    private Change()
    {
    }

    /// <summary>
    /// True where an answer must wait until the store has it on disk, since it promises something that the client will not ask for again. Lease
    /// renewals need not: after a restart every lease lasts for a while, in which clients renew anyhow.
    /// </summary>
    public virtual bool MustBeStored => true;

    /// <summary>A subscription began (row: its id).</summary>
    public sealed record SubscriptionMade(Subscription Subscription) : Change;

    /// <summary>A subscription's lease moved.</summary>
    public sealed record SubscriptionRenewed(int Id, DateTimeOffset ExpiresAt) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>A subscription is over; with a sign-in its view, if any, is over too (a <see cref="ViewEnded"/> of its own says so).</summary>
    public sealed record SubscriptionEnded(int Id) : Change;

    /// <summary>A view began (row: its id). <paramref name="SignIn"/> is the sign-in it speaks for; null where there is none.</summary>
    public sealed record ViewMade(int Id, int? SignIn) : Change;

    /// <summary>A view is over, and all values in it.</summary>
    public sealed record ViewEnded(int Id) : Change;

    /// <summary>A value was set in a view (row: view and name). <see cref="ViewValue.ExpiresAt"/> is null for a value without lease.</summary>
    public sealed record ViewValueSet(int View, PropertyName Name, ViewValue Value) : Change;

    /// <summary>The lease of an unchanged value moved.</summary>
    public sealed record ViewValueRenewed(int View, PropertyName Name, DateTimeOffset ExpiresAt) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>A value is gone from a view.</summary>
    public sealed record ViewValueEnded(int View, PropertyName Name) : Change;

    /// <summary>A property was set for good (row: its name).</summary>
    public sealed record PropertySet(PropertyName Name, string InnerXml) : Change;

    /// <summary>A property was removed.</summary>
    public sealed record PropertyRemoved(PropertyName Name) : Change;

    /// <summary>An access entry was written (row: its principal, or everyone).</summary>
    public sealed record AccessEntrySet(AccessEntry Entry) : Change;

    /// <summary>An access entry was removed; null means everyone's.</summary>
    public sealed record AccessEntryRemoved(RvpUrl? Principal) : Change;

    /// <summary>A notification waits for a polled subscription (row: node and sequence).</summary>
    public sealed record PollEntryQueued(int Subscription, PollEntry Entry) : Change;

    /// <summary>One was dropped: too old, or to make room.</summary>
    public sealed record PollEntryDropped(int Subscription, long Sequence) : Change;

    /// <summary>All up to the cursor have arrived. If this is lost, they come again.</summary>
    public sealed record PollAcknowledged(int Subscription, long Cursor) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }
}

/// <summary>A value that a view gives to a property.</summary>
/// <param name="InnerXml">The value.</param>
/// <param name="Default">What the property becomes when the lease runs out; null: it goes.</param>
/// <param name="ExpiresAt">When the lease runs out; null: never.</param>
/// <param name="Order">Grows with every set in the node: the most recent deliberate state counts. Renewals keep it.</param>
public sealed record ViewValue(string InnerXml, string? Default, DateTimeOffset? ExpiresAt, long Order);
