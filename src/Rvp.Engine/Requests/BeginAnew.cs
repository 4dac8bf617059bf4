namespace Rvp.Engine.Requests;

/// <summary>The name belongs to another account now: what the earlier one left ends and is forgotten, and watchers see offline.</summary>
/// <param name="AccountId">The id of the account that has the name now.</param>
public sealed record BeginAnew(string AccountId) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var closed = new CloseNode().Decide(node, context);
        return closed with { Changes = [.. closed.Changes, node.Emptying(), new Change.BelongsTo(AccountId, null)] };
    }
}
