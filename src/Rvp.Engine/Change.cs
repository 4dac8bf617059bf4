using System.Collections.Immutable;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// One change of a node's state: <see cref="Node.Apply"/> applies it and the store keeps it. Each change inserts, replaces or deletes one row by its key, so
/// that reading the store back as changes and applying them again gives the same node. A closed set.
/// </summary>
public abstract record Change
{
    private Change()
    {
    }

    /// <summary>
    /// True if an answer must wait until the change is on disk, because the client relies on it and will not ask again. Lease renewals need not wait: after a
    /// restart every lease lasts for a while, and clients renew in that time anyway.
    /// </summary>
    public virtual bool MustBeStored => true;

    /// <summary>True if nobody misses it should it never be stored, because a busy store takes no more: it is done or found out again.</summary>
    public virtual bool MayBeLost => !MustBeStored;

    /// <summary>
    /// The state belongs to the account with this id (row: the node). <paramref name="MissingSince"/>: since when the directory has not known it.
    /// </summary>
    public sealed record BelongsTo(string AccountId, DateTimeOffset? MissingSince) : Change
    {
        /// <inheritdoc/>
        /// <remarks>Comes with the first change that must be; alone it is only found out again.</remarks>
        public override bool MustBeStored => false;
    }

    /// <summary>
    /// Nothing is left of the node (all rows): its account is gone, or its name has been given to another. See <see cref="Node.Emptying"/>.
    /// </summary>
    public sealed record Emptied(ImmutableArray<int> Subscriptions, ImmutableArray<int> Views) : Change
    {
        /// <summary>True if what is kept beside the node, such as its history, stays: it has just come along from another home server.</summary>
        public bool KeepsBelongings { get; init; }
    }

    /// <summary>What was kept beside the node of an earlier name of the account, such as its history, is this one's. Not state of the node.</summary>
    public sealed record BelongingsInherited(RvpUrl Former) : Change;

    /// <summary>A subscription began (row: its id).</summary>
    public sealed record SubscriptionMade(Subscription Subscription) : Change;

    /// <summary>A subscription's lease was extended.</summary>
    public sealed record SubscriptionRenewed(int Id, DateTimeOffset ExpiresAt) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>
    /// The same in memory only: something was heard of a polled sign-in. The store gets it often enough by <see cref="SubscriptionRenewed"/>.
    /// </summary>
    public sealed record SubscriptionHeard(int Id, DateTimeOffset ExpiresAt) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>A polled sign-in has fallen silent, or was heard of again.</summary>
    public sealed record SubscriptionSilenced(int Id, bool IsSilent) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>A subscription has ended. If it is a sign-in with a view, a separate <see cref="ViewEnded"/> ends the view.</summary>
    public sealed record SubscriptionEnded(int Id) : Change;

    /// <summary>A view began (row: its id). <paramref name="SignIn"/> is the sign-in that it belongs to; null if there is none.</summary>
    public sealed record ViewMade(int Id, int? SignIn) : Change;

    /// <summary>A view has ended, with all its values.</summary>
    public sealed record ViewEnded(int Id) : Change;

    /// <summary>A value was set in a view (row: view and name). <see cref="ViewValue.ExpiresAt"/> is null for a value without a lease.</summary>
    public sealed record ViewValueSet(int View, PropertyName Name, ViewValue Value) : Change;

    /// <summary>The lease of an unchanged value was extended.</summary>
    public sealed record ViewValueRenewed(int View, PropertyName Name, DateTimeOffset ExpiresAt) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>A value was removed from a view.</summary>
    public sealed record ViewValueEnded(int View, PropertyName Name) : Change;

    /// <summary>A property was set permanently (row: its name).</summary>
    public sealed record PropertySet(PropertyName Name, string InnerXml) : Change;

    /// <summary>A property was removed.</summary>
    public sealed record PropertyRemoved(PropertyName Name) : Change;

    /// <summary>An access entry was written (row: its principal, or everyone).</summary>
    public sealed record AccessEntrySet(AccessEntry Entry) : Change;

    /// <summary>An access entry was removed; null means everyone's.</summary>
    public sealed record AccessEntryRemoved(RvpUrl? Principal) : Change;

    /// <summary>The owner watches a node elsewhere until then (row: that node), by a watch that went through this server.</summary>
    public sealed record ContactWatched(RvpUrl Contact, DateTimeOffset Until) : Change;

    /// <summary>The owner no longer watches a node elsewhere.</summary>
    public sealed record ContactUnwatched(RvpUrl Contact) : Change;

    /// <summary>
    /// The node looks different to somebody who watches it (row: the node): if the server ends before all of them have heard of it, they are told after the
    /// next start. Not state of the node.
    /// </summary>
    public sealed record WatchersOwed(DateTimeOffset Since) : Change;

    /// <summary>All watchers have heard of what changed until then.</summary>
    public sealed record WatchersTold(DateTimeOffset Until) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>
    /// The node goes to, or has come from, another home server (row: the node). Not state of the node: it says where the node is while directories still name
    /// the server that it has left.
    /// </summary>
    public sealed record MoveNoted(Move Move) : Change;

    /// <summary>Nobody needs to know any more that the node has moved, or it stays after all.</summary>
    public sealed record MoveForgotten : Change;

    /// <summary>
    /// A message belongs to the account's history (row: a new one). Not state of the node. Whoever sent it does not wait for that: it is with a client, or in
    /// the inbox.
    /// </summary>
    public sealed record MessageArchived(ArchivedMessage Message) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;

        /// <inheritdoc/>
        public override bool MayBeLost => false;
    }

    /// <summary>The owner has read a conversation up to an id; null: all that is there. Not state of the node.</summary>
    public sealed record HistoryRead(string With, long? Until) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>The owner has deleted messages: of a conversation, or of all; up to an id, or whatever is there. Not state of the node.</summary>
    public sealed record HistoryForgotten(string? With, long? Until) : Change;

    /// <summary>Sequences up to this one were given by the home server that the node was on before.</summary>
    public sealed record SequencesGiven(long Last) : Change;

    /// <summary>A notification waits in the inbox (row: node and sequence).</summary>
    public sealed record EntryQueued(InboxEntry Entry) : Change;

    /// <summary>A notification waits for these sign-ins now. If this change is lost, it is given once more.</summary>
    public sealed record EntryHeld(long Sequence, ImmutableArray<int> Holders, bool IsOwed) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }

    /// <summary>
    /// A notification waits no longer: it has arrived, is too old, or a newer one tells the same. If this change is lost, it is given once more.
    /// </summary>
    public sealed record EntryRemoved(long Sequence) : Change
    {
        /// <inheritdoc/>
        public override bool MustBeStored => false;
    }
}

/// <summary>A value that a view gives to a property.</summary>
/// <param name="InnerXml">The value.</param>
/// <param name="Default">The value of the property after the lease runs out; null: none.</param>
/// <param name="ExpiresAt">When the lease runs out; null: never.</param>
/// <param name="Order">Grows with every value set in the node: the most recent deliberate state counts. Renewals do not change it.</param>
public sealed record ViewValue(string InnerXml, string? Default, DateTimeOffset? ExpiresAt, long Order)
{
    private readonly OptionalTime expiresAt = ExpiresAt;

    /// <summary>When the lease runs out; null: never.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get => expiresAt;
        init => expiresAt = value;
    }
}
