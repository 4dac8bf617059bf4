namespace Rvp.Engine.Requests;

/// <summary>The owner has sent a message, which somebody has: it goes into the owner's own history, where the other devices find it.</summary>
/// <param name="Message">With its time.</param>
/// <param name="IsByPage">Whether a page of the web client has sent it.</param>
public sealed record NoteSent(ArchivedMessage Message, bool IsByPage) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context) =>
        context.KeepsHistory
            ? Forwarding(node, new Answer.Done(), [new Change.MessageArchived(Message), .. HistoryNews.For(node, IsByPage, context)], [])
            : new Answer.Done();
}
