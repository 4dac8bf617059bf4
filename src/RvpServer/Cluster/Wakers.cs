using System.Collections.Concurrent;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Cluster;

/// <summary>
/// Polls for nodes here that wait in other processes: who is told when something was queued. A newer poll of a subscription ends an older one, wherever
/// either of them waits: an older one whose connection breaks later would take a client for gone that has come back by another process.
/// </summary>
internal sealed class Wakers
{
    private readonly ConcurrentDictionary<(RvpUrl Node, int Id), IFront> waiting = new();

    // References come as new objects with each call: ten thousand polls need not keep ten thousand.
    private readonly ConcurrentDictionary<IFront, IFront> fronts = new();

    private readonly PollWaiters polls;

    public Wakers(PollWaiters polls)
    {
        this.polls = polls;
        polls.Woken += Wake;
        polls.Begun += Wake;
    }

    /// <summary>A poll is about to wait.</summary>
    public void Expect(IFront front, RvpUrl node, IReadOnlyList<int> subscriptions)
    {
        front = fronts.GetOrAdd(front, front);
        foreach (var id in subscriptions)
        {
            polls.Supersede(node, id);
            if (waiting.TryGetValue((node, id), out var older) && !older.Equals(front)) Tell(older, node, id);
            waiting[(node, id)] = front;
        }
    }

    /// <summary>It does not wait after all.</summary>
    public void Forget(IFront front, RvpUrl node, IReadOnlyList<int> subscriptions)
    {
        foreach (var id in subscriptions) waiting.TryRemove(KeyValuePair.Create((node, id), front));
    }

    private void Wake(RvpUrl node, int subscription)
    {
        if (waiting.TryRemove((node, subscription), out var front)) Tell(front, node, subscription);
    }

    // Whoever is not reached asks again by the end of its time.
    private static void Tell(IFront front, RvpUrl node, int subscription) =>
        _ = front.WakeAsync(node.ToString(), subscription).ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
}
