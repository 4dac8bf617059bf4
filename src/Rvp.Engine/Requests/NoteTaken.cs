namespace Rvp.Engine.Requests;

/// <summary>A callback has taken a message that waits for polled sign-ins as well: it need not be kept for others.</summary>
/// <param name="Sequence">The message.</param>
public sealed record NoteTaken(long Sequence) : Request
{
    /// <inheritdoc/>
    public override Admission Admission => Admission.Server;

    /// <inheritdoc/>
    public override Outcome Decide(Node node, DecisionContext context)
    {
        if (node.Inbox.Find(Sequence) is not { IsOwed: true } entry) return new Answer.Done();
        Change change = entry.Holders.IsEmpty ? new Change.EntryRemoved(Sequence) : new Change.EntryHeld(Sequence, entry.Holders, IsOwed: false);
        return new Outcome(new Answer.Done(), [change], []);
    }
}
