using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Directories;
using RvpServer.Nodes;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>The nodes of this process, as <see cref="INodes"/>.</summary>
internal sealed class LocalNodes(NodeTurns turns, LongPoll longPoll, NodeLocator locator, Outbox outbox, Reports reports, IStore store, TimeProvider clock)
    : INodes
{
    // Decision: longer than a store takes that works, shorter than old clients wait for an answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Acknowledgements acknowledgements = new(turns);
    private readonly Lanes<RvpUrl> lanes = outbox.Open(NodeCarrier.Name, new NodeCarrier(turns, locator, outbox), NodeCarrier.Limits);

    /// <inheritdoc/>
    public async ValueTask<NodeReply> AskAsync(RvpUrl node, NodeOwner owner, Request request, Caller caller, CancellationToken stop)
    {
        if (request is Poll { Wait: var wait } poll && wait > TimeSpan.Zero) return await longPoll.TakeAsync(node, owner, poll, caller, stop);
        var result = await TakeAsync(node, owner, request, caller, stop);
        return request is Report report && result.Answer is Answer.Done
            ? new NodeReply(await reports.AnswerAsync(node, report, stop))
            : acknowledgements.ReplyTo(node, request, result, stop);
    }

    /// <inheritdoc/>
    public void Receive(RvpUrl node, IReadOnlyList<Notification> news)
    {
        // Read once, outside the node's turn: the array is replaced, never changed.
        var signIns = turns.Find(node) is { } slot ? slot.Node.SignIns : [];
        // What waits already goes first: sign-ins may have changed since it was put there.
        var isDirect = !signIns.IsEmpty && signIns.All(signIn => signIn.Callback is Callback.Direct) && !lanes.HasWaiting(node);
        foreach (var notification in news)
        {
            try
            {
                if (isDirect) SendToCallbacks(MessageForwarding.ToSignIns(node, signIns, notification));
                else lanes.Enqueue(node, notification);
            }
            catch (Exception bug)
            {
                outbox.Lose(NodeCarrier.Name, bug, node, notification);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<bool> TellWatchersAsync(RvpUrl node, IReadOnlyDictionary<int, int>? watches, CancellationToken stop)
    {
        if (turns.Find(node) is { } slot) await turns.TakeOwnAsync(slot, new TellWatchers(watches), stop);
        return true;
    }

    // What a database that has gone away may have done is known once it is back; the node's turn waits for that, and nobody else need.
    private async ValueTask<TurnResult> TakeAsync(RvpUrl node, NodeOwner owner, Request request, Caller caller, CancellationToken stop)
    {
        var taking = turns.TakeAsync(node, owner, request, caller, stop);
        if (taking.IsCompleted || !store.IsElsewhere) return await taking;
        try
        {
            return await taking.WaitAsync(Patience, clock, CancellationToken.None);
        }
        catch (TimeoutException) when (!taking.IsCompleted)
        {
            throw new StoreException($"The store does not answer: what was asked of {node} is done later, or not at all.");
        }
    }

    private void SendToCallbacks(IReadOnlyList<Notification> forwarded)
    {
        foreach (var notification in forwarded) outbox.SendToCallback((Callback.Direct)notification.Callback, notification);
    }
}
