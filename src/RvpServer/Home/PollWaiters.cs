using System.Collections.Concurrent;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>
/// Long polls that wait for news: an object each, no thread, and one timer for all. A newer poll of a subscription ends an older one, whose answer is empty.
/// </summary>
internal sealed class PollWaiters : IHostedLifecycleService, IDisposable
{
    // Whose time is up is looked for among all: where many wait, some wait longer by this.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<(RvpUrl Node, int Id), Waiter> waiters = new();
    private readonly Lock gate = new();
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private DateTimeOffset lookAt = DateTimeOffset.MaxValue;
    private volatile bool isStopping;

    // One for all: with a linked token source each, ten thousand polls would need ten thousand of them just to notice the stop.
    public PollWaiters(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(static waiters => ((PollWaiters)waiters!).EndLate(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Registers a poll that the node has admitted, before it checks the queues once more, so that nothing is missed between checking and waiting.
    /// </summary>
    public Waiter Begin(RvpUrl node, IReadOnlyList<int> subscriptions)
    {
        var waiter = new Waiter();
        foreach (var id in subscriptions)
        {
            Begun?.Invoke(node, id);
            waiters.AddOrUpdate((node, id), static (_, newer) => newer, static (_, older, newer) => newer.Replace(older), waiter);
        }
        return waiter;
    }

    /// <summary>Waits until something was queued; false if the time is up, a newer poll came, it was ended, or the server stops.</summary>
    public Task<bool> WaitAsync(Waiter waiter, TimeSpan time)
    {
        waiter.Until = clock.GetUtcNow() + time;
        LookAt(waiter.Until);
        // Registered before this is read, so that either this or the stop sees the other.
        if (isStopping) waiter.End(hasNews: false);
        return waiter.News;
    }

    /// <summary>Removes a poll; gives the subscriptions for which no newer one has come.</summary>
    public IReadOnlyList<int> End(Waiter waiter, RvpUrl node, IReadOnlyList<int> subscriptions) =>
        [.. subscriptions.Where(id => waiters.TryRemove(KeyValuePair.Create((node, id), waiter)))];

    /// <summary>A newer poll of a subscription waits in another process: an older one here ends, and its client is not taken for gone.</summary>
    public void Supersede(RvpUrl node, int subscription)
    {
        if (waiters.TryRemove((node, subscription), out var older)) older.End(hasNews: false);
    }

    /// <summary>Told of each subscription for which a poll is about to wait here, for an older one that waits in another process.</summary>
    public event Action<RvpUrl, int>? Begun;

    /// <summary>Told whenever there is something for a subscription, for polls that wait in other processes.</summary>
    public event Action<RvpUrl, int>? Woken;

    /// <summary>Something was queued for a subscription of a node, or it ended.</summary>
    public void Wake(RvpUrl node, int subscription)
    {
        Woken?.Invoke(node, subscription);
        if (waiters.TryGetValue((node, subscription), out var waiter)) waiter.End(hasNews: true);
    }

    /// <summary>There may be something for any of them.</summary>
    public void WakeAll()
    {
        foreach (var waiter in waiters.Values) waiter.End(hasNews: true);
    }

    /// <inheritdoc/>
    /// <remarks>The listeners, which stop next, wait for every answer.</remarks>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        isStopping = true;
        foreach (var waiter in waiters.Values) waiter.End(hasNews: false);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void LookAt(DateTimeOffset time)
    {
        lock (gate)
        {
            if (time >= lookAt) return;
            lookAt = time;
            var wait = time - clock.GetUtcNow();
            timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    private void EndLate()
    {
        // First: whoever begins to wait from here on asks for another look.
        lock (gate) lookAt = DateTimeOffset.MaxValue;
        var (now, next) = (clock.GetUtcNow(), DateTimeOffset.MaxValue);
        foreach (var (_, waiter) in waiters)
        {
            if (waiter.Until <= now) waiter.End(hasNews: false);
            else if (waiter.Until < next) next = waiter.Until;
        }
        if (next < DateTimeOffset.MaxValue) LookAt(next > now + BetweenLooks ? next : now + BetweenLooks);
    }

    internal sealed class Waiter() : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        private long untilTicks = long.MaxValue;

        public Task<bool> News => Task;

        /// <summary>When its time is up.</summary>
        public DateTimeOffset Until
        {
            get => Volatile.Read(ref untilTicks) is < long.MaxValue and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : DateTimeOffset.MaxValue;
            set => Volatile.Write(ref untilTicks, value.UtcTicks);
        }

        // May be called again with another one that came between: each of them is older.
        public Waiter Replace(Waiter older)
        {
            older.End(hasNews: false);
            return this;
        }

        public void End(bool hasNews) => TrySetResult(hasNews);
    }
}
