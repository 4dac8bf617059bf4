using System.Collections.Concurrent;
using Rvp.Engine;
using RvpServer.Collections;

namespace RvpServer.Delivery;

/// <summary>
/// Queues and sends notifications. Each receiver with something waiting has a <see cref="NotificationQueue"/>, and one loop that empties it:
/// <list type="number">
/// <item>take the head of the queue; without a head, queue and loop end;</item>
/// <item>let the carrier try until the receiver answers, the notification was sent but not answered, or the schedule allows no further attempt;</item>
/// <item>give up a receiver that could not be reached, or left several notifications in a row unanswered: the carrier is told, and the rest fails, since it was
/// never tried;</item>
/// <item>otherwise remove the head, report its result, continue.</item>
/// </list>
/// Loops share only the carrier's connections, so a receiver that hangs delays only its own notifications. An exception in an attempt fails only that
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

    /// <summary>How many notifications in a row a receiver left unanswered; kept longer than the queue.</summary>
    private readonly LruMap<TKey, int> suspects;

    private volatile bool hasSuspects;
    private readonly Func<TKey, Sharer>? sharerOf;

    /// <summary>Used where receivers have shares; otherwise the sums alone count.</summary>
    private readonly SharedPool places;
    private readonly SharedPool bytes;
    private long totalBytes;

    public Lanes(string name, ICarrier<TKey> carrier, LaneLimits limits, OutboxMetrics metrics, TimeProvider clock, ILogger logger,
        IEqualityComparer<TKey>? comparer = null, Func<TKey, Sharer>? sharerOf = null)
    {
        Name = name;
        (this.carrier, this.limits, this.metrics, this.clock, this.logger) = (carrier, limits, metrics, clock, logger);
        this.sharerOf = sharerOf;
        places = new(limits.MaxLanes);
        bytes = new(limits.MaxTotalBytes);
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
    /// Adds a notification to the end of its receiver's queue; returns immediately and never blocks. The task gives the result and never faults.
    /// </summary>
    public Task<DeliveryResult> Enqueue(TKey receiver, Notification notification)
    {
        var item = new QueuedNotification(notification, clock.GetTimestamp());
        // Before it can be delivered, so that the sum never becomes negative.
        if (!TryTakeBytes(receiver, item))
        {
            Log.Dropped(logger, Name, receiver);
            Report(item, Unreachable);
            return item.Task;
        }
        while (!stop.IsCancellationRequested)
        {
            if (!queues.TryGetValue(receiver, out var queue))
            {
                queue = new NotificationQueue(limits.MaxNotifications, limits.MaxBytes);
                if (queue.Add(item) != NotificationQueue.Admission.Added || !TryTakeLane(receiver)) break;
                if (!queues.TryAdd(receiver, queue))
                {
                    GiveLaneBack(receiver);
                    continue;
                }
                // Not inline: the caller holds its node's turn. Its execution context is not needed either.
                ThreadPool.UnsafeQueueUserWorkItem(
                    static start => _ = start.Lanes.EmptyAsync(start.Receiver, start.Queue),
                    (Lanes: this, Receiver: receiver, Queue: queue),
                    preferLocal: true);
                return item.Task;
            }
            var admission = queue.Add(item);
            if (admission == NotificationQueue.Admission.Added) return item.Task;
            if (admission == NotificationQueue.Admission.Full) break;
            // Its loop is about to remove it and sends nothing more: the order is kept.
            Remove(receiver, queue);
        }
        Log.Dropped(logger, Name, receiver);
        Finish(receiver, item, Unreachable);
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
            // The time is up: DisposeAsync fails what is left.
        }
    }

    /// <summary>Ends all attempts; what was not delivered fails.</summary>
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
                Fail(receiver, queue, result);
                break;
            }
            if (isGivenUp || LeftUnansweredTooOften(receiver, result))
            {
                GiveUp(receiver, head.Notification);
                Fail(receiver, queue, result);
                break;
            }
            // Removed first, so that its place is free when the result is known.
            queue.RemoveHead();
            Finish(receiver, head, result);
        }
        Remove(receiver, queue);
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
            // Every caller must get a result: a bug may cost this notification, but not the queue behind it.
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
            // Losing an entry for lack of room is harmless: a dead receiver is detected one notification later.
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
    private void Fail(TKey receiver, NotificationQueue queue, DeliveryResult headResult)
    {
        var rest = queue.EndNow();
        Finish(receiver, rest[0], headResult);
        foreach (var item in rest.AsSpan(1)) Finish(receiver, item, Unreachable);
    }

    private bool TryTakeLane(TKey receiver) => sharerOf is null ? queues.Count < limits.MaxLanes : places.TryTake(sharerOf(receiver));

    private void GiveLaneBack(TKey receiver)
    {
        if (sharerOf is not null) places.GiveBack(sharerOf(receiver));
    }

    private void Remove(TKey receiver, NotificationQueue queue)
    {
        if (queues.TryRemove(KeyValuePair.Create(receiver, queue))) GiveLaneBack(receiver);
    }

    private bool TryTakeBytes(TKey receiver, QueuedNotification item)
    {
        var size = item.Notification.Body.Length;
        if (sharerOf is not null) return bytes.TryTake(sharerOf(receiver), size);
        if (Interlocked.Add(ref totalBytes, size) <= limits.MaxTotalBytes) return true;
        Interlocked.Add(ref totalBytes, -size);
        return false;
    }

    private void Finish(TKey receiver, QueuedNotification item, DeliveryResult result)
    {
        var size = item.Notification.Body.Length;
        if (sharerOf is null) Interlocked.Add(ref totalBytes, -size);
        else bytes.GiveBack(sharerOf(receiver), size);
        Report(item, result);
    }

    private void Report(QueuedNotification item, DeliveryResult result)
    {
        metrics.NotificationDone(Name, result.Outcome);
        item.SetResult(result);
    }
}
