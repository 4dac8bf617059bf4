using Orleans.Runtime;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Home;
using RvpServer.Nodes;
using RvpServer.Runtime;
using RvpServer.Storage;
using Request = Rvp.Engine.Requests.Request;

namespace RvpServer.Cluster;

/// <summary>
/// The nodes of all processes, as <see cref="INodes"/>: here, or asked of the process that has them. Asked once more is whoever was just moving, or died before
/// it can have taken the request. A client's waiting, for news or for a delivery, is always done here, where its connection is.
/// </summary>
internal sealed class ClusterNodes(LocalNodes local, Shards shards, ShardGrains grains, Front front, PollWaiters polls, UrlPool urls, NewsElsewhere elsewhere,
    TimeProvider clock) : INodes
{
    // Longer than it takes to notice that a process has died.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    // Longer than anybody is tried.
    private static readonly TimeSpan PendingTime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private static readonly Answer Nothing = new Answer.Done(StatusCodes.Status204NoContent);

    /// <inheritdoc/>
    public async ValueTask<NodeReply> AskAsync(RvpUrl node, NodeOwner owner, Request request, Caller caller, CancellationToken stop)
    {
        try
        {
            if (shards.Find(node) is not null) return await local.AskAsync(node, owner, request, caller, stop);
        }
        catch (ShardAwayException)
        {
            // It has just gone.
        }
        return request is Poll { Wait: var wait } poll && wait > TimeSpan.Zero
            ? await PollAsync(new AskMessage(node, owner, poll with { Wait = TimeSpan.Zero, WaitElsewhere = wait }, caller), poll, stop)
            : await AskElsewhereAsync(new AskMessage(node, owner, request, caller), stop);
    }

    /// <inheritdoc/>
    public void Receive(RvpUrl node, IReadOnlyList<Notification> news)
    {
        var places = elsewhere.Now;
        if (shards.Find(node) is not null) local.Receive(node, news);
        else elsewhere.Post(node, news, places);
    }

    /// <inheritdoc/>
    public async Task<bool> TellWatchersAsync(RvpUrl node, IReadOnlyDictionary<int, int>? watches, CancellationToken stop)
    {
        if (shards.Find(node) is not null) return await local.TellWatchersAsync(node, watches, stop);
        try
        {
            return await grains.Of(node).OweAsync(node.ToString(), watches?.ToDictionary()).WaitAsync(stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested && failure is OrleansException or TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask<NodeReply> AskElsewhereAsync(AskMessage ask, CancellationToken stop)
    {
        if (ask.Request is Notify) return await SendElsewhereAsync(ask, stop);
        var sent = Wire.Write(ask);
        return new NodeReply(Result(ask.Node, await TryAsync(ask, grain => grain.AskAsync(sent, null, 0), stop)));
    }

    // What becomes of a message may be known later than its process answers.
    private async ValueTask<NodeReply> SendElsewhereAsync(AskMessage ask, CancellationToken stop)
    {
        var (ticket, later) = front.Expect();
        var isPending = false;
        try
        {
            var sent = Wire.Write(ask);
            var answer = await TryAsync(ask, grain => grain.AskAsync(sent, front.Self, ticket), stop);
            isPending = answer.Kind == AnswerKind.Pending;
            return isPending ? new NodeReply(AwaitAsync(ask.Node, ticket, later, stop)) : new NodeReply(Result(ask.Node, answer));
        }
        finally
        {
            if (!isPending) front.Forget(ticket);
        }
    }

    private async Task<Answer> AwaitAsync(RvpUrl node, long ticket, Task<AnswerMessage> later, CancellationToken stop)
    {
        try
        {
            return Result(node, await later.WaitAsync(PendingTime, clock, stop));
        }
        catch (TimeoutException)
        {
            throw new NodeUnknownException(node, "its process does not tell what became of a message");
        }
        finally
        {
            front.Forget(ticket);
        }
    }

    // Admitted before it waits: a newer poll ends an older one, which nobody else may do.
    private async ValueTask<NodeReply> PollAsync(AskMessage ask, Poll poll, CancellationToken stop)
    {
        var first = (await AskElsewhereAsync(ask, stop)).Answer;
        if (!IsEmpty(first)) return new NodeReply(first);
        return new NodeReply(WaitAsync(ask with { Node = urls.Of(ask.Node) }, poll, stop));
    }

    private async Task<Answer> WaitAsync(AskMessage ask, Poll poll, CancellationToken stop)
    {
        var waiter = polls.Begin(ask.Node, poll.Ids);
        try
        {
            var sent = Wire.Write(ask);
            var second = Result(ask.Node, await TryAsync(ask, grain => grain.PollAsync(sent, front.Self), stop));
            if (!IsEmpty(second)) return second;
            bool hasNews;
            using (stop.UnsafeRegister(static waiter => ((PollWaiters.Waiter)waiter!).End(hasNews: false), waiter))
                hasNews = await polls.WaitAsync(waiter, poll.Wait);
            // Something arrived, or the shard has moved.
            return hasNews ? (await AskAsync(ask.Node, ask.Owner, ask.Request, ask.Caller, stop)).Answer : Nothing;
        }
        finally
        {
            var left = polls.End(waiter, ask.Node, poll.Ids);
            if (stop.IsCancellationRequested && left.Count > 0) _ = LeaveAsync(ask, left);
        }
    }

    private async Task LeaveAsync(AskMessage ask, IReadOnlyList<int> ids)
    {
        try
        {
            var leave = new LeavePoll([.. ids]);
            await AskAsync(ask.Node, ask.Owner, leave, new Caller(ask.Node, Credentials.Internal), CancellationToken.None);
        }
        catch (UnavailableException)
        {
            // It is not heard of any more, which its node notices a little later.
        }
    }

    private async Task<AnswerMessage> TryAsync(AskMessage ask, Func<IShardGrain, Task<byte[]>> call, CancellationToken stop)
    {
        var began = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            string reason;
            try
            {
                var answer = Wire.Read<AnswerMessage>(await call(grains.Of(ask.Node)).WaitAsync(stop));
                if (answer.Kind != AnswerKind.Away) return answer;
                reason = "its shard is moving";
            }
            catch (Exception failure) when (!stop.IsCancellationRequested)
            {
                // What was rejected has reached no shard. Anything else may have been done.
                if (failure is not OrleansMessageRejectionException && !IsHarmlessTwice(ask.Request)) throw new NodeUnknownException(ask.Node, failure.Message);
                reason = failure.Message;
            }
            if (clock.GetElapsedTime(began) > Patience) throw new NodeUnknownException(ask.Node, reason);
            await Task.Delay(pause, clock, stop);
        }
    }

    private static Answer Result(RvpUrl node, AnswerMessage answer) => answer.Kind == AnswerKind.Answered && answer.Answer is { } known
        ? known
        : throw new NodeUnknownException(node, answer.Reason ?? "it gave no answer");

    // A second sign-in, watch or message is not.
    private static bool IsHarmlessTwice(Request request) => request is not (SignIn or Watch or Notify { Head.IsPropertyChange: false } or NoteSent);

    private static bool IsEmpty(Answer answer) => answer is Answer.Done { Status: StatusCodes.Status204NoContent };
}

/// <summary>The process that has a node does not answer, or it has died with the request: what was asked may have been done or not.</summary>
internal sealed class NodeUnknownException(RvpUrl node, string reason) : UnavailableException($"{node} was asked in another process: {reason}", null);
