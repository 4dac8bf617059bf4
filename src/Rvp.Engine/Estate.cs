namespace Rvp.Engine;

/// <summary>All that a node has, as the changes that make the same node elsewhere: what moves to another home server.</summary>
public static class Estate
{
    /// <summary>The changes, in an order in which they can be applied; in the node's turn.</summary>
    public static IReadOnlyList<Change> Of(Node node)
    {
        var changes = new List<Change> { new Change.BelongsTo(node.AccountId ?? node.Owner.AccountId, null) };
        changes.AddRange(node.SignIns.Concat(node.Watches).Select(subscription => new Change.SubscriptionMade(subscription)));
        foreach (var view in node.Views)
        {
            changes.Add(new Change.ViewMade(view.Id, view.SignIn));
            changes.AddRange(view.Values.Select(value => new Change.ViewValueSet(view.Id, value.Key, value.Value)));
        }
        changes.AddRange(node.Properties.Select(property => new Change.PropertySet(property.Key, property.Value)));
        changes.AddRange(node.Access.Written.Select(entry => new Change.AccessEntrySet(entry)));
        changes.AddRange(node.WatchedElsewhere.Select(contact => new Change.ContactWatched(contact.Key, contact.Value)));
        changes.Add(new Change.SequencesGiven(node.LastPollSequence));
        changes.AddRange(node.Inbox.Entries.Select(entry => new Change.EntryQueued(entry)));
        return changes;
    }

    /// <summary>The ids of the subscriptions and views that changes make, in order.</summary>
    public static IReadOnlyList<int> IdsIn(IEnumerable<Change> changes) =>
        [.. changes.Select(change => change is Change.SubscriptionMade made ? made.Subscription.Id : change is Change.ViewMade view ? view.Id : 0)
            .Where(id => id != 0)];

    /// <summary>
    /// The same change where another server's clock goes, and other passwords are kept. Each home server has a time and stamps of its own; leases last as long
    /// as before.
    /// </summary>
    /// <param name="change">One of <see cref="Of"/>.</param>
    /// <param name="by">How much later the clock here is.</param>
    /// <param name="stampOf">The stamp here of the password that a subscriber had proven; 0: not known.</param>
    public static Change Here(Change change, TimeSpan by, Func<Subscription, long> stampOf) => change switch
    {
        Change.SubscriptionMade { Subscription: var made } => new Change.SubscriptionMade(made with
        {
            ExpiresAt = made.ExpiresAt + by,
            Subscriber = made.Subscriber with { PasswordStamp = stampOf(made) },
        }),
        Change.ViewValueSet set => set with { Value = set.Value with { ExpiresAt = set.Value.ExpiresAt + by } },
        Change.ContactWatched watched => watched with { Until = watched.Until + by },
        Change.EntryQueued { Entry: var entry } => new Change.EntryQueued(entry with { QueuedAt = entry.QueuedAt + by }),
        _ => change,
    };
}
