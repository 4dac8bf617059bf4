using Orleans;
using Rvp.Protocol;
using RvpServer.Home;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>Finds the shard of a node, in whichever process it is.</summary>
internal sealed class ShardGrains(IGrainFactory grains, Shards shards)
{
    /// <summary>The shard of a node.</summary>
    public IShardGrain Of(RvpUrl node) => grains.GetGrain<IShardGrain>(ShardMap.Of(node, shards.Count));

    /// <summary>Asks it once. Throws <see cref="NodeUnknownException"/> if there is no answer.</summary>
    public async Task<T> AskAsync<T>(RvpUrl node, Func<IShardGrain, Task<T>> ask, CancellationToken stop)
    {
        try
        {
            return await ask(Of(node)).WaitAsync(stop);
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            throw new NodeUnknownException(node, failure.Message);
        }
    }
}
