namespace Rvp.Engine.Requests;

/// <summary>A property change of someone whom the owner watches, from this server itself, for a node with polled sign-ins.</summary>
public sealed record Receive(Notification News) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        var changes = Queueing.PropertyChange(node, News.Body, News.From, context);
        var forwarded = MessageForwarding.ToSignIns(node, News.From, News.HopCount + 1, News.Body, News.IsPropertyChange);
        return Forwarding(node, new Answer.Done(), changes, forwarded);
    }
}
