using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>
/// The owner watches a node elsewhere through this server. The watch is that node's; what is noted here tells whose changes the owner wants to hear of.
/// </summary>
/// <param name="Contact">The node elsewhere.</param>
/// <param name="Lifetime">What was asked for or granted; null: the standard time.</param>
public sealed record NoteWatch(RvpUrl Contact, TimeSpan? Lifetime) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var lifetime = Lifetime is { } given && given > TimeSpan.Zero ? given : context.Rules.SubscriptionLifetime;
        var until = context.Now + (lifetime < Rules.LongestWatchElsewhere ? lifetime : Rules.LongestWatchElsewhere);
        var isKnown = node.WatchedElsewhere.TryGetValue(Contact, out var before);
        if (isKnown && before >= until) return new Answer.Done();
        var changes = new List<Change>();
        if (!isKnown && node.WatchedElsewhere.Count >= context.Rules.MaxWatchedElsewhere)
            changes.Add(new Change.ContactUnwatched(node.WatchedElsewhere.MinBy(watched => watched.Value).Key));
        changes.Add(new Change.ContactWatched(Contact, until));
        return new Outcome(new Answer.Done(), changes, []);
    }
}
