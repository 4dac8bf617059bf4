using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>POLL with <c>Prefer: wait=N</c>: an empty answer waits until there is news or the time is up. (Decision; RFC 7240)</summary>
internal sealed class LongPoll(Nodes nodes, PollWaiters waiters)
{
    /// <summary>Longest wait granted; proxies and browsers give up on longer ones.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    public async Task<Handled> HandleAsync(NodeSlot slot, Poll poll, TimeSpan wait, Caller caller, CancellationToken stop)
    {
        if (wait <= TimeSpan.Zero) return await nodes.HandleAsync(slot, poll, caller, stop);
        while (true)
        {
            var waiter = waiters.Begin(poll.Ids);
            try
            {
                var handled = await nodes.HandleAsync(slot, poll, caller, stop);
                if (handled.Answer is not Answer.Done { Status: StatusCodes.Status204NoContent }) return handled;
                if (!await waiters.WaitAsync(waiter, wait, stop)) return handled;
                // News: look again, but do not wait a second time, so that the client's own time limit holds.
                wait = TimeSpan.FromTicks(1);
            }
            finally
            {
                waiters.End(waiter, poll.Ids);
            }
        }
    }
}
