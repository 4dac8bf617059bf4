namespace Rvp.Engine.Requests;

/// <summary>
/// A callback stayed dead: its sign-ins and watches end now instead of at the end of their leases, so that people who are gone do not appear online and senders
/// do not wait for them. (Decision: Exchange let the leases run out.)
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
