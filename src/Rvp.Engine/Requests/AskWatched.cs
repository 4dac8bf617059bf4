using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>Asks a node whether somebody watches it, before a change in its name is passed on to that person: refused if not.</summary>
/// <param name="Watcher">The person.</param>
public sealed record AskWatched(RvpUrl Watcher) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) =>
        node.Watches.Any(watch => watch.ExpiresAt > context.Now && watch.Principal.Equals(Watcher)) ? new Answer.Done() : Refusal.NoSuchSubscription;
}
