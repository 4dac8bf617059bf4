using System.Collections.Concurrent;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>
/// Delivers to direct callbacks. Each callback with something to get has a <see cref="CallbackQueue"/> and one loop that empties it:
/// <list type="number">
/// <item>take the head of the queue; no head ends queue and loop;</item>
/// <item>try until the callback answers, the request is out unanswered, or the schedule has no further attempt;</item>
/// <item>a callback that could not be reached, or left several notifications in a row unanswered, is dead: say so, fail the rest, end;</item>
/// <item>else remove the head, tell its result, go on.</item>
/// </list>
/// Loops share nothing but the connection pool, so a callback that hangs delays only its own.
/// </summary>
internal sealed partial class Deliverer : IDelivery, IAsyncDisposable
{
    /// <summary>Decision: one slow answer may be a busy machine; two in a row, with 10 s each, are a client that is gone or stuck.</summary>
    private const int MaxUnanswered = 2;

    private const int MaxSuspects = 10_000;

    private static readonly Task<DeliveryResult> unreachable = Task.FromResult(new DeliveryResult(DeliveryOutcome.Unreachable));

    private readonly ConcurrentDictionary<Uri, CallbackQueue> queues = new(CallbackComparer.Instance);

    /// <summary>How many notifications in a row a callback left unanswered: it outlives the queue.</summary>
    private readonly ConcurrentDictionary<Uri, int> suspects = new(CallbackComparer.Instance);

    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationToken stop;
    private readonly DeliverySettings settings;
    private readonly CallbackClient client;
    private readonly RetrySchedule schedule;
    private readonly TimeProvider clock;
    private readonly ILogger<Deliverer> logger;

    public Deliverer(DeliverySettings settings, CallbackDialer dialer, TimeProvider clock, ILogger<Deliverer> logger)
    {
        this.settings = settings;
        this.clock = clock;
        this.logger = logger;
        client = new CallbackClient(settings, dialer, clock);
        schedule = new RetrySchedule(settings.Attempts);
        stop = stopping.Token;
    }

    /// <summary>Raised once when a callback is found dead, before what still waits for it is failed. A handler must not block.</summary>
    public event CallbackDied? CallbackDied;

    /// <summary>Raised for every notification that a callback was tried with, or was not for want of room or life. A handler must not block.</summary>
    public event Action<DeliveryOutcome>? NotificationDone;

    /// <summary>Callbacks that have something waiting.</summary>
    public int ActiveCallbacks => queues.Count;

    /// <inheritdoc/>
    public Task<DeliveryResult> Enqueue(Notification notification)
    {
        var callback = (Callback.Direct)notification.Callback;
        var item = new QueuedNotification(notification, clock.GetTimestamp());
        while (!stop.IsCancellationRequested)
        {
            if (!queues.TryGetValue(callback.Url, out var queue))
            {
                queue = new CallbackQueue(callback, settings.MaxQueuedNotifications, settings.MaxQueuedBytes);
                if (queue.Add(item) == CallbackQueue.Admission.Full) break;
                if (!queues.TryAdd(callback.Url, queue)) continue;
                // Not inline: the caller holds its node's turn. Its execution context stays behind too.
                ThreadPool.UnsafeQueueUserWorkItem(static start => _ = start.Deliverer.EmptyAsync(start.Queue), (Deliverer: this, Queue: queue), preferLocal: true);
                return item.Task;
            }
            switch (queue.Add(item))
            {
                case CallbackQueue.Admission.Added:
                    return item.Task;
                case CallbackQueue.Admission.Full:
                    NotificationDone?.Invoke(DeliveryOutcome.Unreachable);
                    Log.QueueFull(logger, callback.Url);
                    return unreachable;
                default:
                    // Its loop is about to remove it and will send nothing more: the order stays.
                    queues.TryRemove(KeyValuePair.Create(callback.Url, queue));
                    break;
            }
        }
        return unreachable;
    }

    /// <inheritdoc/>
    public async Task DrainAsync(CancellationToken stop)
    {
        try
        {
            while (!queues.IsEmpty) await Task.WhenAll(queues.Values.Select(queue => queue.Ended)).WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Enough waited: what is left is failed by DisposeAsync.
        }
    }

    /// <summary>Ends all attempts; what was not delivered is failed.</summary>
    public async ValueTask DisposeAsync()
    {
        // The container disposes of it once for each type that it is registered as.
        if (stop.IsCancellationRequested) return;
        await stopping.CancelAsync();
        await DrainAsync(CancellationToken.None);
        client.Dispose();
        stopping.Dispose();
    }

    private async Task EmptyAsync(CallbackQueue queue)
    {
        while (queue.HeadOrEnd() is { } head)
        {
            var (result, isDead) = await DeliverAsync(queue.Callback.Url, head);
            if (stop.IsCancellationRequested)
            {
                Fail(queue, result);
                break;
            }
            if (isDead || LeftUnansweredTooOften(queue.Callback.Url, result))
            {
                SayDied(queue.Callback, head.Notification.Node);
                Fail(queue, result);
                break;
            }
            // Removed first: whoever has the result finds the place free.
            queue.RemoveHead();
            Finish(head, result);
        }
        queues.TryRemove(KeyValuePair.Create(queue.Callback.Url, queue));
        queue.SayEnded();
    }

    private async Task<(DeliveryResult Result, bool IsDead)> DeliverAsync(Uri callback, QueuedNotification head)
    {
        var began = clock.GetTimestamp();
        var isStale = !head.Notification.IsPropertyChange && clock.GetElapsedTime(head.EnqueuedAt, began) >= RetrySchedule.MaxElapsed;
        // Its sender has been told, or is about to give up: showing the message now would be a lie to both. A state is worth having late.
        if (isStale || stop.IsCancellationRequested) return (new DeliveryResult(DeliveryOutcome.Unreachable), false);

        for (var made = 1; ; made++)
        {
            var attempt = await AttemptAsync(callback, head.Notification, RetrySchedule.ConnectTimeAt(clock.GetElapsedTime(began)));
            switch (attempt.Outcome)
            {
                case AttemptOutcome.Answered:
                    var outcome = attempt.Status is >= 200 and < 300 ? DeliveryOutcome.Delivered : DeliveryOutcome.Refused;
                    return (new DeliveryResult(outcome, attempt.Status is >= 200 and < 300 ? 0 : attempt.Status), false);
                case AttemptOutcome.NoAnswer:
                    Log.Unanswered(logger, callback, attempt.Error?.Message);
                    return (new DeliveryResult(DeliveryOutcome.Unanswered), false);
            }
            Log.AttemptFailed(logger, callback, made, attempt.Error?.Message);
            if (schedule.PauseAfter(made, clock.GetElapsedTime(began)) is not { } pause) return (new DeliveryResult(DeliveryOutcome.Unreachable), true);
            await Task.Delay(pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) return (new DeliveryResult(DeliveryOutcome.Unreachable), false);
        }
    }

    private async Task<Attempt> AttemptAsync(Uri callback, Notification notification, TimeSpan connectTime)
    {
        try
        {
            return await client.SendAsync(callback, notification, connectTime, stop);
        }
        catch (Exception bug)
        {
            // Results are promised: a mistake of ours may cost this notification, not the queue behind it.
            Log.Bug(logger, bug, callback);
            return new Attempt(AttemptOutcome.NoAnswer, Error: bug);
        }
    }

    private bool LeftUnansweredTooOften(Uri callback, DeliveryResult result)
    {
        if (result.Outcome == DeliveryOutcome.Unreachable) return false;
        suspects.TryRemove(callback, out var unanswered);
        if (result.Outcome != DeliveryOutcome.Unanswered) return false;
        if (++unanswered >= MaxUnanswered) return true;
        // Forgetting them all is harmless: a dead callback is found dead one notification later.
        if (suspects.Count >= MaxSuspects) suspects.Clear();
        suspects[callback] = unanswered;
        return false;
    }

    private void SayDied(Callback.Direct callback, RvpUrl node)
    {
        suspects.TryRemove(callback.Url, out _);
        Log.Died(logger, callback.Url);
        try
        {
            CallbackDied?.Invoke(callback, node);
        }
        catch (Exception bug)
        {
            Log.Bug(logger, bug, callback.Url);
        }
    }

    /// <summary>Ends a queue: the head gets its own result, the rest was never tried.</summary>
    private void Fail(CallbackQueue queue, DeliveryResult headResult)
    {
        var rest = queue.EndNow();
        Finish(rest[0], headResult);
        foreach (var item in rest.AsSpan(1)) Finish(item, new DeliveryResult(DeliveryOutcome.Unreachable));
    }

    private void Finish(QueuedNotification item, DeliveryResult result)
    {
        NotificationDone?.Invoke(result.Outcome);
        item.SetResult(result);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, EventName = "CallbackDied", Level = LogLevel.Information, Message = "Callback {Callback} is dead")]
        public static partial void Died(ILogger logger, Uri callback);

        [LoggerMessage(EventId = 2, EventName = "CallbackQueueFull", Level = LogLevel.Information, Message = "Queue of callback {Callback} is full")]
        public static partial void QueueFull(ILogger logger, Uri callback);

        [LoggerMessage(EventId = 3, EventName = "NotificationUnanswered", Level = LogLevel.Information, Message = "Callback {Callback} did not answer: {Reason}")]
        public static partial void Unanswered(ILogger logger, Uri callback, string? reason);

        [LoggerMessage(EventId = 4, EventName = "CallbackAttemptFailed", Level = LogLevel.Debug, Message = "Callback {Callback} not reached in attempt {Attempt}: {Reason}")]
        public static partial void AttemptFailed(ILogger logger, Uri callback, int attempt, string? reason);

        [LoggerMessage(EventId = 5, EventName = "DeliveryBug", Level = LogLevel.Error, Message = "Delivery to {Callback} failed by a mistake of this server")]
        public static partial void Bug(ILogger logger, Exception bug, Uri callback);
    }
}
