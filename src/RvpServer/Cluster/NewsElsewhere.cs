using System.Collections.Concurrent;
using Orleans.Runtime;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Home;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>
/// News for nodes of other processes: for each of them one bounded queue and one call under way. So they stay in order, and what comes during a call goes
/// together with the next. One change with many watchers costs a call for each process, not for each watcher. What was not sent, or was under way while shards
/// moved, may have been overtaken: it is not sent once more, but its watchers are owed the present state.
/// </summary>
internal sealed class NewsElsewhere(ShardGrains grains, Members members, Shards shards, OwedNews owed)
{
    private const int MaxBatch = 512;
    private const int MaxWaiting = 20_000;

    private readonly ConcurrentDictionary<SiloAddress, Target> targets = new();

    /// <summary>Whether nothing waits, and no call is under way.</summary>
    public bool IsIdle
    {
        get
        {
            foreach (var (_, target) in targets)
                lock (target)
                    if (target.IsRunning) return false;
            return true;
        }
    }

    /// <summary>Where shards are, as far as this process knows.</summary>
    public Places Now => new(members.Changes, shards.Changes);

    /// <summary>Returns at once.</summary>
    /// <param name="node">Whom it is for.</param>
    /// <param name="news">The news.</param>
    /// <param name="places"><see cref="Now"/>, taken before it was looked where the node is.</param>
    public void Post(RvpUrl node, IReadOnlyList<Notification> news, Places places)
    {
        var target = targets.GetOrAdd(members.Best(ShardMap.Of(node, shards.Count)), static _ => new Target());
        foreach (var one in news)
        {
            lock (target)
            {
                if (target.Waiting.Count < MaxWaiting)
                {
                    target.Waiting.Enqueue(new Waiting(new NewsMessage(node, one), places));
                    if (target.IsRunning) continue;
                    target.IsRunning = true;
                }
                else
                {
                    owed.Add(one);
                    continue;
                }
            }
            _ = Task.Run(() => EmptyAsync(target));
        }
    }

    private async Task EmptyAsync(Target target)
    {
        while (true)
        {
            Waiting[] batch;
            lock (target)
            {
                if (target.Waiting.Count == 0)
                {
                    target.IsRunning = false;
                    return;
                }
                batch = new Waiting[Math.Min(target.Waiting.Count, MaxBatch)];
                for (var i = 0; i < batch.Length; i++) batch[i] = target.Waiting.Dequeue();
            }
            try
            {
                // Whichever process has the shard of the first passes on what is not its own.
                await grains.Of(batch[0].News.Node).TellAsync(Wire.Write(batch.Select(one => one.News).ToArray()));
                foreach (var (news, place) in batch)
                    if (place != Now) owed.Add(news.News);
            }
            catch (Exception)
            {
                Owe(target, batch);
            }
        }
    }

    private void Owe(Target target, Waiting[] unsent)
    {
        List<Waiting> all = [.. unsent];
        lock (target)
        {
            all.AddRange(target.Waiting);
            target.Waiting.Clear();
        }
        foreach (var (news, _) in all) owed.Add(news.News);
    }

    /// <summary>Equal as long as no shard has moved.</summary>
    internal readonly record struct Places(int Members, int Shards);

    private readonly record struct Waiting(NewsMessage News, Places Places);

    private sealed class Target
    {
        public Queue<Waiting> Waiting { get; } = new();

        public bool IsRunning { get; set; }
    }
}
