using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Delivery;
using RvpServer.Home;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>
/// News for nodes of other processes: for each of them one bounded queue and one call under way. So they stay in order, and what comes during a call goes
/// together with the next. One change with many watchers costs a call for each process, not for each watcher.
/// </summary>
internal sealed class NewsElsewhere(IGrainFactory grains, Members members, Shards shards, OwedNews owed, TimeProvider clock)
{
    private const int MaxBatch = 512;
    private const int MaxWaiting = 20_000;

    // By then a process that has died is known to have, and its shards are somewhere else.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SiloAddress, Target> targets = new();

    /// <summary>Returns at once.</summary>
    public void Post(RvpUrl node, IReadOnlyList<Notification> news)
    {
        var target = targets.GetOrAdd(members.Best(ShardMap.Of(node, shards.Count)), static _ => new Target());
        foreach (var one in news)
        {
            lock (target)
            {
                if (target.Waiting.Count < MaxWaiting)
                {
                    target.Waiting.Enqueue(new NewsMessage(node, one));
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
            NewsMessage[] batch;
            lock (target)
            {
                if (target.Waiting.Count == 0)
                {
                    target.IsRunning = false;
                    return;
                }
                batch = new NewsMessage[Math.Min(target.Waiting.Count, MaxBatch)];
                for (var i = 0; i < batch.Length; i++) batch[i] = target.Waiting.Dequeue();
            }
            await SendAsync(batch);
        }
    }

    // News are state: telling the same twice does no harm.
    private async Task SendAsync(NewsMessage[] batch)
    {
        var began = clock.GetTimestamp();
        var sent = Wire.Write(batch);
        for (var pause = TimeSpan.FromMilliseconds(10); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                // Whichever process has the shard of the first passes on what is not its own.
                await grains.GetGrain<IShardGrain>(ShardMap.Of(batch[0].Node, shards.Count)).TellAsync(sent);
                return;
            }
            catch (Exception) when (clock.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(pause, clock);
            }
            catch (Exception)
            {
                foreach (var one in batch) owed.Add(one.News);
                return;
            }
        }
    }

    private sealed class Target
    {
        public Queue<NewsMessage> Waiting { get; } = new();

        public bool IsRunning { get; set; }
    }
}
