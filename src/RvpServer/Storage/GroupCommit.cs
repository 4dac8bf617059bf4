using System.Threading.Channels;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Runtime;

namespace RvpServer.Storage;

/// <summary>The changes of one call: all or none are stored.</summary>
internal sealed record NodeChanges(RvpUrl Node, IReadOnlyList<Change> Changes);

/// <summary>
/// Writes a group in one transaction with one sync. A <see cref="StoreException"/> means that the store as a whole failed (disk full, locked), a
/// <see cref="ShardsLostException"/> that some of it is other processes'; any other exception, that something in the group cannot be written.
/// </summary>
internal delegate Task WriteGroup(IReadOnlyList<NodeChanges> group);

/// <summary>
/// Combines the changes of many callers into few transactions. One loop writes; what arrives in the meantime is the next group, so that durability costs the
/// latency of one sync but hardly any throughput. Groups are written in the order of the calls.
/// </summary>
/// <remarks>
/// 1. Take what waits, at most <see cref="MaxGroup"/> calls. 2. If nobody awaits any of it, gather for up to <see cref="GatherTime"/>. If fewer call than a
/// moment ago, give the others <see cref="Moment"/>: otherwise two halves of those who call again and again take turns, each with a sync of its own. Who calls
/// alone does not wait. 3. Write; complete the callers. 4. If something in the group cannot be written, write call by call, so that only its own caller fails;
/// if some shards are lost, write the rest.
/// </remarks>
internal sealed partial class GroupCommit : IAsyncDisposable
{
    /// <summary>Calls in one transaction; larger groups gain nothing and delay the first caller.</summary>
    internal const int MaxGroup = 1024;

    /// <summary>Waiting calls: eight times the requests that a server accepts at a time by default.</summary>
    internal const int Capacity = 8192;

    /// <summary>How long renewals are gathered: they may be lost in a crash, since after a restart every lease lasts for a while. (Decision)</summary>
    internal static readonly TimeSpan GatherTime = TimeSpan.FromSeconds(1);

    /// <summary>How long others are waited for: some syncs of a good disk, and about the time in which a client asks again. (Decision)</summary>
    internal static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(2);

    private readonly Channel<Call> calls = Channel.CreateBounded<Call>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly WriteGroup write;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly OutageLog outage;
    private readonly TimeSpan moment;
    private readonly Task loop;
    private int isOverfull;

    // Calls of the last group, and those that came while it was written.
    private int company;

    /// <param name="write">Writes a group.</param>
    /// <param name="time">For <see cref="GatherTime"/> and the log.</param>
    /// <param name="log">The log.</param>
    /// <param name="moment">In place of <see cref="Moment"/>: for tests.</param>
    public GroupCommit(WriteGroup write, TimeProvider time, ILogger log, TimeSpan? moment = null)
    {
        this.moment = moment ?? Moment;
        this.write = write;
        this.time = time;
        this.log = log;
        outage = new OutageLog("Storing changes", time, log, LogLevel.Error);
        loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when the changes are written; throws <see cref="StoreException"/>.</summary>
    public async Task CommitAsync(NodeChanges changes)
    {
        var call = new Call(changes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            // Adding is synchronous while there is room, and waiting writers are served in order: the order of the calls is kept.
            await calls.Writer.WriteAsync(call);
        }
        catch (ChannelClosedException)
        {
            throw new StoreException("The store is closed.");
        }
        await call.Done!.Task;
    }

    /// <summary>Writes with the next group; false if the queue is full.</summary>
    public bool TryEnqueue(NodeChanges changes)
    {
        if (calls.Writer.TryWrite(new Call(changes, null)))
        {
            Interlocked.Exchange(ref isOverfull, 0);
            return true;
        }
        if (Interlocked.Exchange(ref isOverfull, 1) == 0) Log.RenewalsDropped(log);
        return false;
    }

    /// <summary>Accepts no more changes and writes those it has.</summary>
    public async ValueTask DisposeAsync()
    {
        calls.Writer.TryComplete();
        await loop;
    }

    private async Task RunAsync()
    {
        var group = new List<Call>();
        while (await calls.Reader.WaitToReadAsync())
        {
            Take(group);
            if (!IsAwaited(group))
            {
                using var enough = new CancellationTokenSource(GatherTime, time);
                await GatherAsync(group, () => IsAwaited(group), enough.Token);
            }
            if (group.Count < company)
            {
                // By the machine's time: what comes within a moment is under way already.
                using var enough = new CancellationTokenSource(moment);
                await GatherAsync(group, () => group.Count >= company, enough.Token);
            }
            await WriteAsync(group);
            group.Clear();
        }
    }

    private void Take(List<Call> group)
    {
        while (group.Count < MaxGroup && calls.Reader.TryRead(out var call)) group.Add(call);
    }

    private async Task GatherAsync(List<Call> group, Func<bool> isAllThere, CancellationToken enough)
    {
        try
        {
            while (group.Count < MaxGroup && !isAllThere() && await calls.Reader.WaitToReadAsync(enough)) Take(group);
        }
        catch (OperationCanceledException)
        {
            // No other call arrived.
        }
    }

    private async Task WriteAsync(List<Call> group)
    {
        try
        {
            await write([.. group.Select(call => call.Changes)]);
            outage.Succeeded();
            company = group.Count(call => call.Done is not null) + calls.Reader.Count;
            foreach (var call in group) call.Done?.TrySetResult();
        }
        catch (ShardsLostException lost)
        {
            var rest = new List<Call>();
            foreach (var call in group)
            {
                var node = call.Changes.Node;
                if (lost.Has(node)) call.Done?.TrySetException(new ShardAwayException(node));
                else rest.Add(call);
            }
            if (rest.Count > 0) await WriteAsync(rest);
        }
        catch (Exception failure) when (failure is not StoreException && group.Count > 1)
        {
            foreach (var call in group) await WriteAsync([call]);
        }
        catch (Exception failure)
        {
            if (failure is StoreException) outage.Failed(failure.Message, failure);
            else Log.NotWritten(log, group.Count, failure);
            // One exception per caller: a shared one would collect every caller's stack.
            foreach (var call in group) call.Done?.TrySetException(new StoreException("The changes could not be stored: " + failure.Message, failure));
        }
    }

    private static bool IsAwaited(List<Call> group) => group.Exists(call => call.Done is not null);

    private sealed record Call(NodeChanges Changes, TaskCompletionSource? Done);

    private static partial class Log
    {
        [LoggerMessage(EventName = "StoreNotWritten", Level = LogLevel.Error, Message = "Changes of {Count} calls could not be stored")]
        public static partial void NotWritten(ILogger logger, int count, Exception failure);

        [LoggerMessage(EventName = "StoreRenewalsDropped", Level = LogLevel.Warning,
            Message = "The store is too slow: lease renewals are not stored until it has caught up")]
        public static partial void RenewalsDropped(ILogger logger);
    }
}
