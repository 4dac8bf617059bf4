using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>Other processes have taken some of a group's shards, so nothing of it was written.</summary>
/// <param name="lost">These shards.</param>
/// <param name="count">The number of all shards.</param>
internal sealed class ShardsLostException(IReadOnlyCollection<short> lost, int count) : Exception($"Taken by other processes: shard {string.Join(", ", lost)}")
{
    /// <summary>Whether a node is in one of them.</summary>
    public bool Has(RvpUrl node) => lost.Contains(ShardMap.Of(node, count));
}
