namespace Rvp.Engine.Requests;

/// <summary>The account was disabled or removed: every sign-in ends, watchers see offline.</summary>
public sealed record CloseNode : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) =>
        Changing(node, new Answer.Done(), [.. SignOff.End(node, node.SignIns)]);
}
