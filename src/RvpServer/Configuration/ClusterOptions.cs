using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>How the nodes of a store in PostgreSQL are divided.</summary>
internal sealed record ClusterOptions
{
    /// <summary>Shards, each of which one process serves; fixed when the store is made. Null: as many as it has, 256 where it is made now.</summary>
    // ShardMap.DefaultCount and MaxCount: enough for two million accounts, and for ten.
    [Range(1, 1024)]
    public int? Shards { get; init; }
}
