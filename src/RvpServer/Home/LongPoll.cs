using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Nodes;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>POLL with <c>Prefer: wait=N</c>: an empty answer waits until something arrives or the time is up. (Decision; RFC 7240)</summary>
/// <remarks>Thousands wait at once, so <see cref="WaitAsync"/> is all that a poll which waits has here, and holds nothing that its node has as well.</remarks>
internal sealed class LongPoll(NodeTurns turns, PollWaiters waiters, UrlPool urls)
{
    private static readonly Answer Nothing = new Answer.Done(StatusCodes.Status204NoContent);

    /// <summary>Handles a poll that wants to wait.</summary>
    public async ValueTask<NodeReply> TakeAsync(RvpUrl node, NodeOwner owner, Poll poll, Caller caller, CancellationToken stop)
    {
        try
        {
            // Admitted before it waits: a newer poll ends an older one, which nobody else may do.
            var first = await turns.TakeAsync(node, owner, poll, caller, stop);
            if (!IsEmpty(first.Answer)) return new NodeReply(first.Answer);
        }
        catch (NodeLeavesException)
        {
            // The client asks again, and is led to where the node is.
            return new NodeReply(Nothing);
        }
        node = urls.Of(node);
        return new NodeReply(WaitAsync(node, owner, poll, caller with { Principal = node.Equals(caller.Principal) ? node : caller.Principal }, stop));
    }

    private async Task<Answer> WaitAsync(RvpUrl node, NodeOwner owner, Poll poll, Caller caller, CancellationToken stop)
    {
        var waiter = waiters.Begin(node, poll.Ids);
        try
        {
            var second = await turns.TakeAsync(node, owner, poll, caller, stop);
            if (!IsEmpty(second.Answer)) return second.Answer;
            bool hasNews;
            using (stop.UnsafeRegister(static waiter => ((PollWaiters.Waiter)waiter!).End(hasNews: false), waiter))
                hasNews = await waiters.WaitAsync(waiter, poll.Wait);
            if (!hasNews) return Nothing;
            // Something arrived. It does not wait a second time, so that the client's own time limit is kept.
            return (await turns.TakeAsync(node, owner, poll, caller, stop)).Answer;
        }
        catch (Exception away) when (away is NodeLeavesException or ShardAwayException)
        {
            return Nothing;
        }
        finally
        {
            var left = waiters.End(waiter, node, poll.Ids);
            if (stop.IsCancellationRequested && left.Count > 0) await turns.LeaveAsync(node, new LeavePoll(left));
        }
    }

    private static bool IsEmpty(Answer answer) => answer is Answer.Done { Status: StatusCodes.Status204NoContent };
}
