using Orleans;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Home;

namespace RvpServer.Cluster;

/// <summary>
/// A process that joins does once, with nothing, what it will do with the first shard and the first request of another process: else somebody would wait, for
/// up to a second, for all that is compiled at its first use. Before it joins it opens no shard at all; then one that is beyond those of the store, and so has
/// no nodes, comes from another process, is asked from there, and ends.
/// </summary>
internal sealed partial class Rehearsal(NodeLoading loading, IGrainFactory factory, ShardGrains grains, Members members, Shards shards,
    ILogger<Rehearsal> logger) : IHostedService
{
    // It is a help, no more: the other process may be dead.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private static readonly RvpUrl Nobody = RvpUrl.ForAlias("localhost", 80, "Nobody");

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => loading.OpenAsync([], (_, _) => { }, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Once this process has joined; does nothing if it is alone.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        if (members.Active.FirstOrDefault(silo => !silo.Equals(members.Here)) is not { } other) return;
        // Hardly that of another who joins now.
        var number = (short)(shards.Count + (members.Here.GetConsistentHashCode() & 0x3fff));
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        enough.CancelAfter(Patience);
        try
        {
            await grains.MoveAsync(number, other, enough.Token);
            await grains.MoveAsync(number, members.Here, enough.Token);
            await factory.GetGrain<IMemberGrain>(other.ToParsableString()).RehearseAsync(number).WaitAsync(enough.Token);
            await grains.Of(number).EndAsync().WaitAsync(enough.Token);
            Log.Rehearsed(logger);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            // Or it is of an earlier version.
            Log.NotRehearsed(logger, failure.Message);
        }
    }

    /// <summary>What another process asks one that rehearses.</summary>
    public async Task AskAsync(short number)
    {
        var request = new ListSubscriptions(NotificationType.Notify);
        var ask = new AskMessage(Nobody, new NodeOwner("", ""), request, new Caller(Nobody, Credentials.Internal));
        Wire.Read<AnswerMessage>(await grains.Of(number).AskAsync(Wire.Write(ask), null, 0));
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "ClusterNotRehearsed", Level = LogLevel.Debug, Message = "A shard of nobody could not be moved here: {Reason}")]
        public static partial void NotRehearsed(ILogger logger, string reason);

        [LoggerMessage(EventName = "ClusterRehearsed", Level = LogLevel.Debug, Message = "A shard of nobody was moved here, asked and ended")]
        public static partial void Rehearsed(ILogger logger);
    }
}
