namespace Rvp.Engine.Requests;

/// <summary>
/// A callback stayed dead: its sign-ins and watches end now, not when their leases do, so that nobody sees someone online who is gone, nor waits for
/// their answer. (Decision: Exchange let the leases run out.)
/// </summary>
public sealed record EndCallback(Callback Callback) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var dead = node.SignIns.Concat(node.Watches).Where(subscription => subscription.Callback.Equals(Callback)).ToList();
        return Changing(node, new Answer.Done(), [.. SignOff.End(node, dead)]);
    }
}
