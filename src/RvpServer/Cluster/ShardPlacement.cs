using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace RvpServer.Cluster;

/// <summary>
/// Shards lie where rendezvous hashing puts them: every process knows where each belongs, and one that comes or goes moves only its own share.
/// </summary>
[Serializable]
internal sealed class ShardPlacement : PlacementStrategy
{
    /// <summary>Where a shard belongs.</summary>
    public static SiloAddress Best(int shard, IEnumerable<SiloAddress> silos) => silos.MaxBy(silo => (Mix(shard, silo), silo.ToParsableString()))!;

    private static uint Mix(int shard, SiloAddress silo)
    {
        var hash = (uint)silo.GetConsistentHashCode() ^ ((uint)shard * 2654435769u);
        hash = (hash ^ (hash >> 16)) * 2246822507u;
        hash = (hash ^ (hash >> 13)) * 3266489909u;
        return hash ^ (hash >> 16);
    }
}

/// <summary>Has grains of a class placed so.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>Places them.</summary>
internal sealed class ShardPlacementDirector(Members members) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        var hint = IPlacementDirector.GetPlacementHint(target.RequestContextData, silos);
        return Task.FromResult(hint ?? ShardPlacement.Best((int)GrainIdKeyExtensions.GetIntegerKey(target.GrainIdentity), members.TakersOf(silos)));
    }
}
