using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>SUBSCRIBE with a Subscription-Id: renews the lease.</summary>
public sealed record Renew(Caller Caller, int Id, TimeSpan? Lifetime) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (Ownership.Find(node, Caller, Id, out var subscription) is { } refusal) return refusal;
        if (subscription.Callback is Callback.Polled)
        {
            var changes = Hearing.Of(subscription, context.Now).ToList();
            changes.AddRange(Hearing.Back(node, changes));
            return Changing(node, new Answer.Done { SubscriptionId = Id, Lifetime = Rules.PolledLifetime }, changes);
        }
        var lifetime = context.Rules.Grant(Lifetime);
        var answer = new Answer.Done { SubscriptionId = Id, Lifetime = lifetime };
        return new Outcome(answer, [new Change.SubscriptionRenewed(Id, context.Now + lifetime)], []);
    }
}
