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
        var lifetime = subscription!.Callback is Callback.Polled ? Rules.PolledLifetime : context.Rules.Grant(Lifetime);
        var answer = new Answer.Done { SubscriptionId = Id, Lifetime = lifetime };
        return new Outcome(answer, [new Change.SubscriptionRenewed(Id, context.Now + lifetime)], []);
    }
}
