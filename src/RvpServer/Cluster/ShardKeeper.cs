using System.Threading.Channels;
using Orleans.Runtime;
using RvpServer.Home;

namespace RvpServer.Cluster;

/// <summary>
/// Keeps every shard somewhere, and where it belongs. After each change of the cluster it opens the shards that belong here, gives away those that
/// do not, and has waiting polls look again. Before this process leaves, all its shards go to where they will belong, while clients are still served here:
/// each answer closes its connection meanwhile (<see cref="Http.RequestFrame"/>), so that hardly anybody is cut off when no more are taken.
/// </summary>
internal sealed partial class ShardKeeper(ShardGrains grains, Members members, Shards shards, Rehearsal rehearsal, PollWaiters polls, NewsJournal journal,
    TimeProvider clock, ILogger<ShardKeeper> logger) : BackgroundService, IHostedLifecycleService, ISiloStatusListener
{
    // Processes that start or stop together make one change; one that joins has the rest of its start behind it before anybody waits for it.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    // Even if nobody tells: a shard may have failed to open.
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // The host stops within six seconds.
    private static readonly TimeSpan HandOverTime = TimeSpan.FromSeconds(3);

    // They only wait: ShardOpening has its own measure.
    private const int OpenedAtOnce = 64;

    // Each is away until the other process has read it.
    private const int MovedAtOnce = 4;

    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private volatile bool hasDied;

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status)
    {
        Log.Changed(logger, updatedSilo, status);
        if (status == SiloStatus.Dead && !updatedSilo.Equals(members.Here)) hasDied = true;
        changes.Writer.TryWrite(true);
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken);
        var others = members.TakersOf([.. members.Active.Where(silo => !silo.Equals(members.Here))]);
        if (others.Count == 0) return;
        var began = clock.GetTimestamp();
        var own = shards.Open.ToList();
        if (own.Count == 0) return;
        // The others may be stopping as well.
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        enough.CancelAfter(HandOverTime);
        try
        {
            await Parallel.ForEachAsync(own, new ParallelOptions { MaxDegreeOfParallelism = MovedAtOnce, CancellationToken = enough.Token },
                async (shard, stop) => await grains.MoveAsync(shard.Number, ShardPlacement.Best(shard.Number, others), stop));
            var time = clock.GetElapsedTime(began);
            Log.HandedOver(logger, own.Count, time);
        }
        catch (Exception failure) when (failure is OperationCanceledException or OrleansException or TimeoutException)
        {
            var left = shards.Open.Count();
            Log.NotHandedOver(logger, left, failure.Message);
        }
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        members.Subscribe(this, () => changes.Writer.TryWrite(true));
        changes.Writer.TryWrite(true);
        await rehearsal.RunAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await SettleAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // A call may be cancelled that nobody has, while the directory of grains changes hands.
                Log.NotSettled(logger, failure.Message);
                changes.Writer.TryWrite(true);
                await Task.Delay(Pause, clock, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task WaitAsync(CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        enough.CancelAfter(BetweenLooks);
        try
        {
            await changes.Reader.ReadAsync(enough.Token);
            enough.CancelAfter(Calm);
            // What nobody has is not waited for.
            while (!hasDied) await changes.Reader.ReadAsync(enough.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Nothing has changed, or nothing more.
        }
    }

    private async Task SettleAsync(CancellationToken stop)
    {
        var active = members.Active;
        if (!active.Contains(members.Here)) return;
        // Polls that waited for nodes of the dead one register with the next.
        if (hasDied)
        {
            hasDied = false;
            polls.WakeAll();
            journal.OweAll();
        }
        var takers = members.TakersOf(active);
        // A process that has just joined is slow with the first one, so that is one with few.
        foreach (var shard in shards.Open.OrderBy(shard => shard.Slots.Count).ToList())
        {
            var best = ShardPlacement.Best(shard.Number, takers);
            if (!best.Equals(members.Here)) await grains.MoveAsync(shard.Number, best, stop);
        }
        var missing = Enumerable.Range(0, shards.Count)
            .Where(number => shards.IsMissing(number) && ShardPlacement.Best(number, takers).Equals(members.Here));
        await Parallel.ForEachAsync(missing, new ParallelOptions { MaxDegreeOfParallelism = OpenedAtOnce, CancellationToken = stop },
            async (number, token) => await grains.Of((short)number).TouchAsync().WaitAsync(token));
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "ClusterMember", Level = LogLevel.Information, Message = "Member {Member} of the cluster is {Status}")]
        public static partial void Changed(ILogger logger, SiloAddress member, SiloStatus status);

        [LoggerMessage(EventName = "ShardsHandedOver", Level = LogLevel.Information, Message = "{Count} shards were handed over within {Time}")]
        public static partial void HandedOver(ILogger logger, int count, TimeSpan time);

        [LoggerMessage(EventName = "ShardsNotHandedOver", Level = LogLevel.Warning, Message = "{Count} shards could not be handed over: {Reason}")]
        public static partial void NotHandedOver(ILogger logger, int count, string reason);

        [LoggerMessage(EventName = "ShardsNotSettled", Level = LogLevel.Warning, Message = "Shards could not be put where they belong: {Reason}")]
        public static partial void NotSettled(ILogger logger, string reason);
    }
}
