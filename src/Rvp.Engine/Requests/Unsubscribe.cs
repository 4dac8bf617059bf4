using Rvp.Protocol;

namespace Rvp.Engine.Requests;

/// <summary>UNSUBSCRIBE: ends a watch, or a sign-in with its view (Decision: Exchange could not do that). [white paper, scenario 7]</summary>
public sealed record Unsubscribe(Caller Caller, int Id) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Principal;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) =>
        Ownership.Find(node, Caller, Id, out var subscription) is { } refusal
            ? refusal
            : Changing(node, new Answer.Done(), [.. SignOff.End(node, [subscription])]);
}
