using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Delivery;

namespace RvpServer.Federation;

/// <summary>
/// Takes property changes to watchers on other servers. Each destination host has a few lanes, each watcher always the same one, so that what
/// one watcher gets stays in order; a lane is a bounded queue with one loop, which lives as long as something waits. Lanes share nothing, so a
/// host that is dead or slow delays only its own.
/// </summary>
internal sealed partial class PeerDelivery(Peers peers, TimeProvider clock, ILogger<PeerDelivery> logger) : IAsyncDisposable
{
    /// <summary>Of one host. Decision: one lane would carry only as many changes a second as there are round trips.</summary>
    private const int LanesPerHost = 8;

    /// <summary>Of all hosts together: strangers name them.</summary>
    private const int MaxLanes = 10_000;

    private const int MaxQueuedNotifications = 1000;
    private const int MaxQueuedBytes = 1024 * 1024;

    /// <summary>Of all lanes together.</summary>
    private const long MaxTotalBytes = 128 * 1024 * 1024;

    /// <summary>Decision: a server that takes three in a row and says nothing is stuck; what is queued would be stale before it went out.</summary>
    private const int MaxUnanswered = 3;

    private static readonly DeliveryResult unreachable = new(DeliveryOutcome.Unreachable);

    private readonly ConcurrentDictionary<(string Host, int Lane), Lane> lanes = new();
    private readonly CancellationTokenSource stopping = new();
    private long totalBytes;

    /// <summary>Lanes that have something waiting.</summary>
    public int ActiveLanes => lanes.Count;

    /// <summary>Puts a notification for a <see cref="Callback.Logical"/> into its lane; never blocks. The task never faults.</summary>
    /// <param name="news">What to deliver.</param>
    /// <param name="homeServer">host[:port] of the watcher's home server where our own directory says it; null: the node's domain is asked.</param>
    public Task<DeliveryResult> Enqueue(Notification news, HostAndPort? homeServer)
    {
        var item = new QueuedNotification(news, clock.GetTimestamp());
        var node = ((Callback.Logical)news.Callback).Node;
        var key = ((homeServer ?? PeerUrl.Logical(node).Place).ToString(), (node.GetHashCode() & int.MaxValue) % LanesPerHost);
        while (!stopping.IsCancellationRequested && Interlocked.Read(ref totalBytes) < MaxTotalBytes)
        {
            if (lanes.TryGetValue(key, out var lane))
            {
                var admission = lane.Queue.Add(item);
                if (admission == NotificationQueue.Admission.Added) return Count(item);
                if (admission == NotificationQueue.Admission.Full) break;
                // Its loop is about to remove it and will send nothing more: the order stays.
                lanes.TryRemove(KeyValuePair.Create(key, lane));
                continue;
            }
            if (lanes.Count >= MaxLanes) break;
            lane = new Lane(new NotificationQueue(MaxQueuedNotifications, MaxQueuedBytes), homeServer);
            if (lane.Queue.Add(item) != NotificationQueue.Admission.Added) break;
            if (!lanes.TryAdd(key, lane)) continue;
            // Not inline: the caller holds its node's turn.
            ThreadPool.UnsafeQueueUserWorkItem(static start => _ = start.Delivery.EmptyAsync(start.Key, start.Lane), (Delivery: this, Key: key, Lane: lane), preferLocal: false);
            return Count(item);
        }
        Log.Dropped(logger, key.Item1);
        return Task.FromResult(unreachable);
    }

    /// <summary>Waits until nothing waits, or <paramref name="stop"/> says that it is enough.</summary>
    public async Task DrainAsync(CancellationToken stop)
    {
        try
        {
            while (!lanes.IsEmpty) await Task.WhenAll(lanes.Values.Select(lane => lane.Queue.Ended)).WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // What is left is failed by DisposeAsync.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await DrainAsync(CancellationToken.None);
        stopping.Dispose();
    }

    private async Task EmptyAsync((string Host, int Lane) key, Lane lane)
    {
        var unanswered = 0;
        while (lane.Queue.HeadOrEnd() is { } head)
        {
            var result = await DeliverAsync(head.Notification, lane.HomeServer);
            unanswered = result.Outcome == DeliveryOutcome.Unanswered ? unanswered + 1 : 0;
            if (stopping.IsCancellationRequested || result.Outcome == DeliveryOutcome.Unreachable || unanswered == MaxUnanswered)
            {
                // What waits behind it would fare no better; the next change tries anew.
                if (!stopping.IsCancellationRequested) Log.GivenUp(logger, key.Host);
                foreach (var item in lane.Queue.EndNow()) item.SetResult(result);
                break;
            }
            lane.Queue.RemoveHead();
            head.SetResult(result);
        }
        lanes.TryRemove(KeyValuePair.Create(key, lane));
        lane.Queue.SayEnded();
    }

    private Task<DeliveryResult> Count(QueuedNotification item)
    {
        var size = item.Notification.Body.Length;
        Interlocked.Add(ref totalBytes, size);
        _ = item.Task.ContinueWith(_ => Interlocked.Add(ref totalBytes, -size), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return item.Task;
    }

    private async Task<DeliveryResult> DeliverAsync(Notification news, HostAndPort? homeServer)
    {
        var request = PeerRequest.Of(news);
        for (var made = 1; !stopping.IsCancellationRequested; made++)
        {
            var answer = await AskAsync(request, homeServer);
            if (answer.IsDone) return new DeliveryResult(DeliveryOutcome.Delivered);
            if (answer.Outcome == PeerOutcome.NoAnswer) return new DeliveryResult(DeliveryOutcome.Unanswered);
            var isTemporary = answer.IsUnsent || answer.Status == StatusCodes.Status503ServiceUnavailable;
            if (!isTemporary && answer.Outcome == PeerOutcome.Answered) return new DeliveryResult(DeliveryOutcome.Refused, answer.Status);
            if (!isTemporary || PeerSchedule.PauseAfter(made) is not { } pause) break;
            await Task.Delay(pause, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return unreachable;
    }

    private async Task<PeerAnswer> AskAsync(PeerRequest request, HostAndPort? homeServer)
    {
        try
        {
            return await peers.AskAsync(request, homeServer, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return new PeerAnswer(PeerOutcome.NotReached);
        }
        catch (Exception bug)
        {
            // Results are promised: a mistake of ours may cost this notification, not the lane behind it.
            Log.Bug(logger, bug, request.Node.ToString());
            return new PeerAnswer(PeerOutcome.NoAnswer);
        }
    }

    private sealed record Lane(NotificationQueue Queue, HostAndPort? HomeServer);

    private static partial class Log
    {
        [LoggerMessage(EventName = "PeerGivenUp", Level = LogLevel.Information, Message = "{Host} cannot be reached or does not answer; what waited for it is dropped")]
        public static partial void GivenUp(ILogger logger, string host);

        [LoggerMessage(EventName = "PeerQueueFull", Level = LogLevel.Information, Message = "Too much waits for {Host} already; a property change is dropped")]
        public static partial void Dropped(ILogger logger, string host);

        [LoggerMessage(EventName = "PeerDeliveryBug", Level = LogLevel.Error, Message = "Delivery to {Node} failed by a mistake of this server")]
        public static partial void Bug(ILogger logger, Exception bug, string node);
    }
}
