using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>POLL with <c>Prefer: wait=N</c>: an empty answer waits until something arrives or the time is up. (Decision; RFC 7240)</summary>
internal sealed class LongPoll(NodeTurns turns, PollWaiters waiters)
{
    /// <summary>Handles a poll that wants to wait.</summary>
    public async Task<TurnResult> TakeAsync(RvpUrl node, NodeOwner owner, Poll poll, Caller caller, CancellationToken stop)
    {
        // Admitted before it waits: a newer poll ends an older one, which nobody else may do.
        var first = await turns.TakeAsync(node, owner, poll, caller, stop);
        if (!IsEmpty(first)) return first;
        var wait = poll.Wait;
        while (true)
        {
            var waiter = waiters.Begin(node, poll.Ids);
            try
            {
                var result = await turns.TakeAsync(node, owner, poll, caller, stop);
                if (!IsEmpty(result)) return result;
                if (!await waiters.WaitAsync(waiter, wait, stop)) return result;
                // Something arrived: look again, but do not wait a second time, so that the client's own time limit is kept.
                wait = TimeSpan.FromTicks(1);
            }
            finally
            {
                var left = waiters.End(waiter, node, poll.Ids);
                if (stop.IsCancellationRequested && left.Count > 0) await turns.LeaveAsync(node, new LeavePoll(left));
            }
        }
    }

    private static bool IsEmpty(TurnResult result) => result.Answer is Answer.Done { Status: StatusCodes.Status204NoContent };
}
