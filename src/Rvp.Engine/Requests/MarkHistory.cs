using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Engine.Requests;

/// <summary>POST to the own node: moves the marker up to which a conversation was read, or deletes messages; other devices hear of it. (Decision)</summary>
/// <param name="Mark">What is done.</param>
/// <param name="IsByPage">Whether a page of the web client does it.</param>
public sealed record MarkHistory(HistoryMark Mark, bool IsByPage) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Owner;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (!context.KeepsHistory) return Refusal.NoHistory;
        var with = Mark.With is { } written ? ArchivedMessage.KeyOf(written) : null;
        Change marked = Mark.IsForgetting ? new Change.HistoryForgotten(with, Mark.Until) : new Change.HistoryRead(with!, Mark.Until);
        return Forwarding(node, new Answer.Done(), [marked, .. HistoryNews.For(node, IsByPage, context)], []);
    }
}
