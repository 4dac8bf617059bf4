namespace Rvp.Engine.Requests;

/// <summary>The directory does not know the account: every sign-in ends, watchers see offline, and what belongs to it is kept for a while.</summary>
public sealed record MissOwner : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var closed = new CloseNode().Decide(node, context);
        return node.MissingSince is not null || node.IsUntouched
            ? closed
            : closed with { Changes = [.. closed.Changes, new Change.BelongsTo(node.AccountId ?? "", context.Now)] };
    }
}
