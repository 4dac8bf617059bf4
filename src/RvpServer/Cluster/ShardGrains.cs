using System.Collections.Concurrent;
using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using Rvp.Protocol;
using RvpServer.Home;
using RvpServer.Storage;

namespace RvpServer.Cluster;

/// <summary>Finds shards, in whichever process they are.</summary>
internal sealed class ShardGrains(IGrainFactory grains, Shards shards)
{
    // Orleans makes a reference by reflection each time, which is 2 of the 30 µs that asking another process takes.
    private readonly ConcurrentDictionary<short, IShardGrain> known = new();

    /// <summary>The shard of a node.</summary>
    public IShardGrain Of(RvpUrl node) => Of(ShardMap.Of(node, shards.Count));

    /// <summary>The shard with this number.</summary>
    public IShardGrain Of(short number) => known.GetOrAdd(number, static (number, grains) => grains.GetGrain<IShardGrain>(number), grains);

    /// <summary>Moves a shard. It is away only from when its last call has ended until the other process has read it.</summary>
    public async Task MoveAsync(short number, SiloAddress to, CancellationToken stop)
    {
        var grain = Of(number);
        Task moving;
        RequestContext.Set(IPlacementDirector.PlacementHintKey, to);
        try
        {
            moving = grain.MoveAsync();
        }
        finally
        {
            // Or it would hold for every call after this one.
            RequestContext.Clear();
        }
        await moving.WaitAsync(stop);
        await grain.TouchAsync().WaitAsync(stop);
    }

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
