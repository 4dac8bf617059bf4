using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>UNSUBSCRIBE: ends a watch, or a sign-in with its view (Decision: Exchange could not do that). [white paper, scenario 7]</summary>
public sealed record Unsubscribe(Caller Caller, int Id) : Request
{
    /// <summary>
    /// A browser's page that goes away cannot tell whether it will be back, as after a reload: a polled sign-in does not end but falls silent after this time,
    /// unless something is heard of it. Null: it ends. (Decision)
    /// </summary>
    public TimeSpan? Grace { get; init; }

    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (Ownership.Find(node, Caller, Id, out var subscription) is { } refusal) return refusal;
        if (Grace is not { } grace) return Changing(node, new Answer.Done(), [.. SignOff.End(node, [subscription])]);
        if (subscription.Callback is not Callback.Polled) return Refusal.BadRequest("This subscription has a callback and is not polled.");
        return new Outcome(new Answer.Done(), Hearing.Until(subscription, context.Now + grace), []);
    }
}
