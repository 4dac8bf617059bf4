using System.Collections.Concurrent;
using Rvp.Engine;
using RvpServer.Collections;

namespace RvpServer.Delivery;

/// <summary>
/// Queues and sends notifications. Each receiver with something waiting has a <see cref="NotificationQueue"/>, and one loop that empties it:
/// <list type="number">
/// <item>take the head of the queue; without a head, queue and loop end;</item>
/// <item>let the carrier try until the receiver answers, the notification was sent but not answered, or the schedule allows no further attempt;</item>
/// <item>give up a receiver that is dead by <see cref="Evidence{TKey}"/>: the carrier is told, and the rest fails, since it was never tried;</item>
/// <item>keep news that were not answered, to be sent again: they are state; a message is never sent twice, but the receiver is knocked at;</item>
/// <item>otherwise remove the head, report its result, continue.</item>
/// </list>
/// Loops share only the carrier's connections, so a receiver that hangs delays only its own notifications. An exception in an attempt fails only that
/// notification. Every notification is counted once, with its outcome. News that did not arrive are never just gone: they are <see cref="OwedNews"/>.
/// </summary>
internal sealed partial class Lanes<TKey> : ILanes
    where TKey : notnull
{
    private static readonly DeliveryResult Unreachable = new(DeliveryOutcome.Unreachable);

    private readonly ConcurrentDictionary<TKey, NotificationQueue> queues;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stop;
    private readonly ICarrier<TKey> carrier;
    private readonly LaneLimits limits;
    private readonly Evidence<TKey> evidence;
    private readonly OwedNews owed;
    private readonly OutboxMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Func<TKey, Sharer>? sharerOf;

    /// <summary>Used where receivers have shares; otherwise the sums alone count.</summary>
    private readonly SharedPool places;
    private readonly SharedPool bytes;
    private long totalBytes;

    public Lanes(string name, ICarrier<TKey> carrier, LaneLimits limits, LaneParts parts, ILogger logger, IEqualityComparer<TKey>? comparer = null,
        Func<TKey, Sharer>? sharerOf = null)
    {
        Name = name;
        (this.carrier, this.limits, this.logger) = (carrier, limits, logger);
        (metrics, owed, clock) = (parts.Metrics, parts.Owed, parts.Clock);
        evidence = new(carrier, limits.MaxUnanswered, parts.Stalls, parts.Clock, comparer);
        this.sharerOf = sharerOf;
        places = new(limits.MaxLanes);
        bytes = new(limits.MaxTotalBytes);
        queues = new(comparer);
        stop = stopping.Token;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int Count => queues.Count;

    /// <summary>How much waits for each receiver.</summary>
    public IEnumerable<(TKey Receiver, int Count)> Waiting => queues.Select(queue => (queue.Key, queue.Value.Count));

    /// <summary>True where something waits for this receiver or is on its way.</summary>
    public bool HasWaiting(TKey receiver) => queues.ContainsKey(receiver);

    /// <summary>
    /// Adds a notification to its receiver's queue; returns immediately and never blocks. The task gives the result and never faults.
    /// </summary>
    public Task<DeliveryResult> Enqueue(TKey receiver, Notification notification)
    {
        var item = new QueuedNotification(notification, clock.GetTimestamp());
        // Before it can be delivered, so that the sum never becomes negative.
        if (!TryTakeBytes(receiver, item))
        {
            Log.Dropped(logger, Name, receiver);
            Note(notification, Unreachable);
            item.Finish(Unreachable);
            return item.Task;
        }
        while (!stop.IsCancellationRequested)
        {
            if (!queues.TryGetValue(receiver, out var queue))
            {
                queue = new NotificationQueue(limits.MaxMessages, limits.MaxBytes);
                if (queue.Add(item, out _, out _) != NotificationQueue.Admission.Added || !TryTakeLane(receiver)) break;
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
            switch (queue.Add(item, out var place, out var saved))
            {
                case NotificationQueue.Admission.Added:
                    return item.Task;
                case NotificationQueue.Admission.Merged:
                    GiveBytesBack(receiver, saved);
                    metrics.NotificationMerged(Name);
                    return place.Task;
                case NotificationQueue.Admission.Over:
                    // Its loop is about to remove it and sends nothing more: the order is kept.
                    Remove(receiver, queue);
                    continue;
            }
            break;
        }
        Log.Dropped(logger, Name, receiver);
        Account(receiver, notification, Unreachable);
        item.Finish(Unreachable);
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
        var head = queue.HeadOrEnd();
        while (head is not null)
        {
            var (result, end) = await DeliverAsync(receiver, head);
            var isDead = !stop.IsCancellationRequested && (end == End.IsGivenUp || evidence.IsLast(receiver, result.Outcome));
            if (isDead || stop.IsCancellationRequested)
            {
                var rest = queue.EndNow();
                if (isDead) GiveUp(receiver, [.. rest.Select(item => item.Notification)]);
                // Its rest was never tried.
                for (var i = 0; i < rest.Length; i++) Finish(receiver, rest[i], i == 0 ? result : Unreachable);
                break;
            }
            if (result.Outcome == DeliveryOutcome.Unanswered && end != End.IsBug)
            {
                if (head.Notification.IsPropertyChange)
                {
                    GiveBytesBack(receiver, queue.KeepHead());
                    await Task.Delay(carrier.Schedule.FirstPause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    head = queue.HeadOrEnd();
                    continue;
                }
                _ = KnockAsync(receiver, head.Notification);
            }
            // Removed first, so that its place is free when the result is known.
            queue.RemoveHead();
            Account(receiver, head.Notification, result);
            if (queue.HeadOrEnd() is { } next)
            {
                FinishElsewhere(head, result);
                head = next;
                continue;
            }
            Close(receiver, queue);
            // Whoever waits for the result goes on right here: nothing is left to do.
            head.Finish(result);
            return;
        }
        Close(receiver, queue);
    }

    private void Close(TKey receiver, NotificationQueue queue)
    {
        Remove(receiver, queue);
        queue.SayEnded();
    }

    private async Task<(DeliveryResult Result, End End)> DeliverAsync(TKey receiver, QueuedNotification head)
    {
        var began = clock.GetTimestamp();
        var schedule = carrier.Schedule;
        if (stop.IsCancellationRequested || schedule.IsTooLate(head.Notification.IsPropertyChange, clock.GetElapsedTime(head.EnqueuedAt, began)))
        {
            return (Unreachable, End.IsOpen);
        }
        var waited = TimeSpan.Zero;
        var isEvident = true;
        for (var made = 1; ; made++)
        {
            var lost = evidence.Lost;
            Attempt attempt;
            try
            {
                attempt = await carrier.TryAsync(receiver, head.Notification, clock.GetElapsedTime(began) - waited, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                attempt = Attempt.Again("the server stops");
            }
            catch (Exception bug)
            {
                // Every caller must get a result: a bug may cost this notification, but not the queue behind it.
                Log.Bug(logger, bug, Name, receiver);
                attempt = Attempt.Failed(bug);
            }
            if (attempt.Result is { } result)
            {
                if (result.Outcome == DeliveryOutcome.Unanswered) Log.Unanswered(logger, Name, receiver, attempt.Detail);
                return (result, attempt.IsBug ? End.IsBug : attempt.IsHopeless ? End.IsGivenUp : End.IsOpen);
            }
            Log.AttemptFailed(logger, Name, receiver, made, attempt.Detail);
            waited += attempt.Waited;
            isEvident &= attempt.IsTried;
            // The process stood still: nothing so far proves anything, and the schedule begins again.
            if (evidence.Lost != lost) (began, waited, made, isEvident) = (clock.GetTimestamp(), TimeSpan.Zero, 0, true);
            var pause = made == 0 ? schedule.FirstPause : schedule.PauseAfter(made, clock.GetElapsedTime(began) - waited);
            if (pause is null) return (Unreachable, isEvident ? End.IsGivenUp : End.IsOpen);
            await Task.Delay(pause.Value, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return (Unreachable, End.IsOpen);
        }
    }

    /// <summary>Nobody waits for this: the receiver may be dead, and nothing else is sent to it that would show.</summary>
    private async Task KnockAsync(TKey receiver, Notification unanswered)
    {
        try
        {
            if (await evidence.KnockAsync(receiver, stop)) GiveUp(receiver, [unanswered]);
        }
        catch (Exception bug)
        {
            if (!stop.IsCancellationRequested) Log.Bug(logger, bug, Name, receiver);
        }
    }

    private void GiveUp(TKey receiver, IReadOnlyList<Notification> unsent)
    {
        Log.GivenUp(logger, Name, receiver);
        try
        {
            // The subscriptions of several nodes may have the same callback.
            foreach (var notification in unsent.DistinctBy(notification => notification.Node)) carrier.GiveUp(receiver, notification);
        }
        catch (Exception bug)
        {
            Log.Bug(logger, bug, Name, receiver);
        }
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

    private void GiveBytesBack(TKey receiver, int size)
    {
        if (sharerOf is null) Interlocked.Add(ref totalBytes, -size);
        else bytes.GiveBack(sharerOf(receiver), size);
    }

    private void Finish(TKey receiver, QueuedNotification item, DeliveryResult result)
    {
        Account(receiver, item.Notification, result);
        FinishElsewhere(item, result);
    }

    // Whoever waits for the result must not keep what is queued waiting, nor run on the stack of who adds to it.
    private static void FinishElsewhere(QueuedNotification item, DeliveryResult result) =>
        ThreadPool.UnsafeQueueUserWorkItem(static done => done.Item.Finish(done.Result), (Item: item, Result: result), preferLocal: false);

    private void Account(TKey receiver, Notification notification, DeliveryResult result)
    {
        GiveBytesBack(receiver, notification.Body.Length);
        Note(notification, result);
    }

    private void Note(Notification notification, DeliveryResult result)
    {
        metrics.NotificationDone(Name, result.Outcome);
        if (!notification.IsPropertyChange) metrics.MessageDone(result.Outcome);
        var hasArrived = result.Outcome is DeliveryOutcome.Delivered or DeliveryOutcome.Refused;
        if (!hasArrived && notification.IsPropertyChange) owed.Add(notification);
    }

    /// <summary>What comes after a notification.</summary>
    private enum End
    {
        /// <summary>The next one.</summary>
        IsOpen,

        /// <summary>The next one: a mistake of this server ended it.</summary>
        IsBug,

        /// <summary>Nothing: the receiver is dead or does not exist.</summary>
        IsGivenUp,
    }
}
