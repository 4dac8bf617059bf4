namespace Rvp.Engine.Requests;

/// <summary>The directory knows the account: its id is noted where it was not yet, and it is not missing any more.</summary>
public sealed record FindOwner : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var isNew = string.IsNullOrEmpty(node.AccountId) && node.AccountId != node.Owner.AccountId && !node.IsUntouched;
        if (!isNew && node.MissingSince is null) return new Answer.Done();
        var id = node.Owner.AccountId.Length > 0 ? node.Owner.AccountId : node.AccountId ?? "";
        return new Outcome(new Answer.Done(), [new Change.BelongsTo(id, null)], []);
    }
}
