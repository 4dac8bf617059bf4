using System.Collections.Concurrent;
using Rvp.Engine;
using RvpServer.Collections;

namespace RvpServer.Delivery;

/// <summary>
/// The one way in which notifications wait and leave. Each receiver that has something to get has a <see cref="NotificationQueue"/>, and one loop
/// that empties it:
/// <list type="number">
/// <item>take the head of the queue; no head ends queue and loop;</item>
/// <item>let the carrier try until the receiver answers, the notification is out unanswered, or the schedule has no further attempt;</item>
/// <item>a receiver that could not be reached, or left several notifications in a row unanswered, is given up: the carrier hears of it, the rest is
/// failed, since it was never tried;</item>
/// <item>else remove the head, tell its result, go on.</item>
/// </list>
/// Loops share nothing but the carrier's connections, so a receiver that hangs delays only its own. Whatever an attempt throws costs its own
/// notification. Every notification is counted once, with its outcome.
/// </summary>
internal sealed partial class Lanes<TKey> : ILanes
    where TKey : notnull
{
    private const int MaxSuspects = 10_000;

    private static readonly DeliveryResult Unreachable = new(DeliveryOutcome.Unreachable);

    private readonly ConcurrentDictionary<TKey, NotificationQueue> queues;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stop;
    private readonly ICarrier<TKey> carrier;
    private readonly LaneLimits limits;
    private readonly OutboxMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock suspectsGate = new();

    /// <summary>How many notifications in a row a receiver left unanswered: it outlives the queue.</summary>
    private readonly LruMap<TKey, int> suspects;

    private volatile bool hasSuspects;
    private long totalBytes;

    public Lanes(string name, ICarrier<TKey> carrier, LaneLimits limits, OutboxMetrics metrics, TimeProvider clock, ILogger logger,
        IEqualityComparer<TKey>? comparer = null)
    {
        Name = name;
        (this.carrier, this.limits, this.metrics, this.clock, this.logger) = (carrier, limits, metrics, clock, logger);
        queues = new(comparer);
        suspects = new(MaxSuspects, comparer);
        stop = stopping.Token;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => queues.Count;

    /// <summary>True where something waits for this receiver or is on its way.</summary>
    public bool HasWaiting(TKey receiver) => queues.ContainsKey(receiver);

    /// <summary>
    /// Puts a notification behind what its receiver still has to get; returns at once and never blocks. The task ends with what became of it and
    /// never faults.
    /// </summary>
    public Task<DeliveryResult> Enqueue(TKey receiver, Notification notification)
    {
        var item = new QueuedNotification(notification, clock.GetTimestamp());
        // Before it can be delivered, so that the sum never falls below nothing.
        Interlocked.Add(ref totalBytes, notification.Body.Length);
        while (!stop.IsCancellationRequested && Interlocked.Read(ref totalBytes) <= limits.MaxTotalBytes)
        {
            if (!queues.TryGetValue(receiver, out var queue))
            {
                if (queues.Count >= limits.MaxLanes) break;
                queue = new NotificationQueue(limits.MaxNotifications, limits.MaxBytes);
                if (queue.Add(item) != NotificationQueue.Admission.Added) break;
                if (!queues.TryAdd(receiver, queue)) continue;
                // Not inline: the caller holds its node's turn. Its execution context stays behind too.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static start =>
                        _ = start.Lanes.EmptyAsync(start.Receiver, start.Queue), (Lanes: this, Receiver: receiver, Queue: queue), preferLocal: true);
                return item.Task;
            }
            var admission = queue.Add(item);
            if (admission == NotificationQueue.Admission.Added) return item.Task;
            if (admission == NotificationQueue.Admission.Full) break;
            // Its loop is about to remove it and will send nothing more: the order stays.
            queues.TryRemove(KeyValuePair.Create(receiver, queue));
        }
        Log.Dropped(logger, Name, receiver);
        Finish(item, Unreachable);
        return item.Task;
    }

    /// <inheritdoc/>
    public async Task DrainAsync(CancellationToken patience)
    {
        try
        {
            while (!queues.IsEmpty) await Task.WhenAll(queues.Values.Select(queue => queue.Ended)).WaitAsync(patience);
        }
        catch (OperationCanceledException)
        {
            // Enough waited: what is left is failed by DisposeAsync.
        }
    }

    /// <summary>Ends all attempts; what was not delivered is failed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (stop.IsCancellationRequested) return;
        await stopping.CancelAsync();
        await DrainAsync(CancellationToken.None);
        stopping.Dispose();
    }

    private async Task EmptyAsync(TKey receiver, NotificationQueue queue)
    {
        while (queue.HeadOrEnd() is { } head)
        {
            var (result, isGivenUp) = await DeliverAsync(receiver, head);
            if (stop.IsCancellationRequested)
            {
                Fail(queue, result);
                break;
            }
            if (isGivenUp || LeftUnansweredTooOften(receiver, result))
            {
                GiveUp(receiver, head.Notification);
                Fail(queue, result);
                break;
            }
            // Removed first: whoever has the result finds the place free.
            queue.RemoveHead();
            Finish(head, result);
        }
        queues.TryRemove(KeyValuePair.Create(receiver, queue));
        queue.SayEnded();
    }

    private async Task<(DeliveryResult Result, bool IsGivenUp)> DeliverAsync(TKey receiver, QueuedNotification head)
    {
        var began = clock.GetTimestamp();
        var schedule = carrier.Schedule;
        if (stop.IsCancellationRequested || schedule.IsTooLate(head.Notification.IsPropertyChange, clock.GetElapsedTime(head.EnqueuedAt, began)))
        {
            return (Unreachable, false);
        }
        for (var made = 1; ; made++)
        {
            var attempt = await TryAsync(receiver, head.Notification, clock.GetElapsedTime(began));
            if (attempt.Result is { } result)
            {
                if (result.Outcome == DeliveryOutcome.Unanswered) Log.Unanswered(logger, Name, receiver, attempt.Detail);
                return (result, attempt.IsHopeless);
            }
            Log.AttemptFailed(logger, Name, receiver, made, attempt.Detail);
            if (schedule.PauseAfter(made, clock.GetElapsedTime(began)) is not { } pause) return (Unreachable, true);
            await Task.Delay(pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return (Unreachable, false);
        }
    }

    private async Task<Attempt> TryAsync(TKey receiver, Notification notification, TimeSpan elapsed)
    {
        try
        {
            return await carrier.TryAsync(receiver, notification, elapsed, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Attempt.Again("the server stops");
        }
        catch (Exception bug)
        {
            // Results are promised: a mistake of ours may cost this notification, not the queue behind it.
            Log.Bug(logger, bug, Name, receiver);
            return Attempt.Unanswered(bug.Message);
        }
    }

    private bool LeftUnansweredTooOften(TKey receiver, DeliveryResult result)
    {
        if (result.Outcome == DeliveryOutcome.Unreachable || (result.Outcome != DeliveryOutcome.Unanswered && !hasSuspects)) return false;
        lock (suspectsGate)
        {
            suspects.TryGet(receiver, out var unanswered);
            suspects.Remove(receiver);
            var isOver = result.Outcome == DeliveryOutcome.Unanswered && ++unanswered >= limits.MaxUnanswered;
            // One forgotten for want of room is harmless: a dead receiver is found dead one notification later.
            if (result.Outcome == DeliveryOutcome.Unanswered && !isOver) suspects.Set(receiver, unanswered);
            hasSuspects = suspects.Count > 0;
            return isOver;
        }
    }

    private void GiveUp(TKey receiver, Notification head)
    {
        Log.GivenUp(logger, Name, receiver);
        try
        {
            carrier.GiveUp(receiver, head);
        }
        catch (Exception bug)
        {
            Log.Bug(logger, bug, Name, receiver);
        }
    }

    /// <summary>Ends a queue: the head gets its own result, the rest was never tried.</summary>
    private void Fail(NotificationQueue queue, DeliveryResult headResult)
    {
        var rest = queue.EndNow();
        Finish(rest[0], headResult);
        foreach (var item in rest.AsSpan(1)) Finish(item, Unreachable);
    }

    private void Finish(QueuedNotification item, DeliveryResult result)
    {
        Interlocked.Add(ref totalBytes, -item.Notification.Body.Length);
        metrics.NotificationDone(Name, result.Outcome);
        item.SetResult(result);
    }
}
