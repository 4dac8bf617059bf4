namespace Rvp.Engine.Requests;

/// <summary>
/// Nobody could be reached with a message: it is kept. Sign-ins that are still there get it when they can be reached again, or their next one does. Answered as
/// the message itself.
/// </summary>
/// <param name="Message">The message.</param>
public sealed record KeepMessage(Notify Message) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) => Message.Keep(node, [.. node.SignIns.Select(signIn => signIn.Id)], context);
}
