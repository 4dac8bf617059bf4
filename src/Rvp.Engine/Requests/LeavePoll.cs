namespace Rvp.Engine.Requests;

/// <summary>A client has gone away while its POLL waited: nothing more is heard of its sign-ins from now on.</summary>
/// <param name="Ids">The polled subscriptions.</param>
public sealed record LeavePoll(IReadOnlyList<int> Ids) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var end = context.Now + Rules.PolledLifetime;
        var left = Ids.Where(id => node.FindSubscription(id) is { Callback: Callback.Polled } signIn && signIn.ExpiresAt > end);
        return new Outcome(new Answer.Done(), [.. left.Select(id => new Change.SubscriptionHeard(id, end))], []);
    }
}
