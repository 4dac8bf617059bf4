using System.Collections.Concurrent;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>Long polls that wait for news: a completion each, no thread. A newer poll of a subscription ends an older one, whose answer is empty.</summary>
internal sealed class PollWaiters
{
    private readonly ConcurrentDictionary<(RvpUrl Node, int Id), Waiter> waiters = new();
    private readonly TimeProvider clock;
    private volatile bool isStopping;

    // One for all: with a linked token source each, ten thousand polls would need ten thousand of them just to notice the stop.
    public PollWaiters(TimeProvider clock, IHostApplicationLifetime lifetime)
    {
        this.clock = clock;
        lifetime.ApplicationStopping.Register(EndAll);
    }

    /// <summary>
    /// Registers a poll that the node has admitted, before it checks the queues once more, so that nothing is missed between checking and waiting.
    /// </summary>
    public Waiter Begin(RvpUrl node, IReadOnlyList<int> subscriptions)
    {
        var waiter = new Waiter();
        foreach (var id in subscriptions) waiters.AddOrUpdate((node, id), static (_, newer) => newer, static (_, older, newer) => newer.Replace(older), waiter);
        return waiter;
    }

    /// <summary>Waits until something was queued; false if the time is up, a newer poll came, or the server stops.</summary>
    public async Task<bool> WaitAsync(Waiter waiter, TimeSpan time, CancellationToken stop)
    {
        // Registered before this is read, so that either this or EndAll sees the other.
        if (isStopping) return false;
        try
        {
            return await waiter.News.WaitAsync(time, clock, stop);
        }
        catch (Exception end) when (end is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Removes a poll; gives the subscriptions for which no newer one has come.</summary>
    public IReadOnlyList<int> End(Waiter waiter, RvpUrl node, IReadOnlyList<int> subscriptions) =>
        [.. subscriptions.Where(id => waiters.TryRemove(KeyValuePair.Create((node, id), waiter)))];

    /// <summary>Something was queued for a subscription of a node, or it ended.</summary>
    public void Wake(RvpUrl node, int subscription)
    {
        if (waiters.TryGetValue((node, subscription), out var waiter)) waiter.End(hasNews: true);
    }

    private void EndAll()
    {
        isStopping = true;
        foreach (var waiter in waiters.Values) waiter.End(hasNews: false);
    }

    internal sealed class Waiter
    {
        private readonly TaskCompletionSource<bool> news = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<bool> News => news.Task;

        // May be called again with another one that came between: each of them is older.
        public Waiter Replace(Waiter older)
        {
            older.End(hasNews: false);
            return this;
        }

        public void End(bool hasNews) => news.TrySetResult(hasNews);
    }
}
