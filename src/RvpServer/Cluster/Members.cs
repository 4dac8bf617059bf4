using Orleans.Runtime;

namespace RvpServer.Cluster;

/// <summary>The processes of the cluster, as this one knows them.</summary>
internal sealed class Members : ISiloStatusListener
{
    private readonly ISiloStatusOracle silos;
    private readonly ILocalSiloDetails local;
    private readonly Draining draining;
    private int changes;

    public Members(ISiloStatusOracle silos, ILocalSiloDetails local, Draining draining)
    {
        (this.silos, this.local, this.draining) = (silos, local, draining);
        silos.SubscribeToSiloStatusEvents(this);
        draining.Changed += () => Interlocked.Increment(ref changes);
    }

    /// <summary>Another number whenever shards may belong elsewhere.</summary>
    public int Changes => Volatile.Read(ref changes);

    /// <summary>This one.</summary>
    public SiloAddress Here => local.SiloAddress;

    /// <summary>Those that work.</summary>
    public IReadOnlyCollection<SiloAddress> Active => [.. silos.GetApproximateSiloStatuses(onlyActive: true).Keys];

    /// <summary>Where a shard belongs.</summary>
    public SiloAddress Best(int shard) => TakersOf(Active) is { Count: > 0 } takers ? ShardPlacement.Best(shard, takers) : Here;

    /// <summary>Those of some processes that may have shards: all, if all drain.</summary>
    public IReadOnlyCollection<SiloAddress> TakersOf(IReadOnlyCollection<SiloAddress> processes)
    {
        List<SiloAddress> takers = [.. processes.Where(silo => !(silos.TryGetSiloName(silo, out var name) && draining.Has(name)))];
        return takers.Count > 0 ? takers : processes;
    }

    /// <inheritdoc/>
    public void SiloStatusChangeNotification(SiloAddress updatedSilo, SiloStatus status) => Interlocked.Increment(ref changes);

    /// <summary>From now on told of every change.</summary>
    public void Subscribe(ISiloStatusListener listener, Action onDraining)
    {
        silos.SubscribeToSiloStatusEvents(listener);
        draining.Changed += onDraining;
    }
}
