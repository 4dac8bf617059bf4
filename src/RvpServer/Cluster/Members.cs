using Orleans.Runtime;

namespace RvpServer.Cluster;

/// <summary>The processes of the cluster, as this one knows them.</summary>
internal sealed class Members(ISiloStatusOracle silos, ILocalSiloDetails local)
{
    /// <summary>This one.</summary>
    public SiloAddress Here => local.SiloAddress;

    /// <summary>Those that work.</summary>
    public IReadOnlyCollection<SiloAddress> Active => [.. silos.GetApproximateSiloStatuses(onlyActive: true).Keys];

    /// <summary>Those that work, but for this one.</summary>
    public IReadOnlyCollection<SiloAddress> Others => [.. Active.Where(silo => !silo.Equals(Here))];

    /// <summary>Where a shard belongs.</summary>
    public SiloAddress Best(int shard) => Active is { Count: > 0 } active ? ShardPlacement.Best(shard, active) : Here;

    /// <summary>From now on told of every change.</summary>
    public void Subscribe(ISiloStatusListener listener) => silos.SubscribeToSiloStatusEvents(listener);
}
