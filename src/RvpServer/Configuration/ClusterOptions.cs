using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>Several processes that are one home server, and how the nodes of a store in PostgreSQL are divided between them.</summary>
internal sealed record ClusterOptions
{
    /// <summary>Shards, each of which one process serves; fixed when the store is made. Null: as many as it has, 256 where it is made now.</summary>
    // ShardMap.DefaultCount and MaxCount: enough for two million accounts, and for ten.
    [Range(1, 1024)]
    public int? Shards { get; init; }

    /// <summary>Whether this process is one of several.</summary>
    public bool Enabled { get; init; }

    /// <summary>
    /// Where the other processes reach this one: an address of the inner network and a port. Whoever reaches it can speak for anybody. Must be given.
    /// </summary>
    public string? Listen { get; init; }

    /// <summary>
    /// How often a process looks whether others answer; three times without an answer, and it is taken for dead. Less than a second is for tests: a machine
    /// that is very busy would seem dead. (Measured: 2.6 s until a killed one is replaced, none dead by mistake.)
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.2", "00:00:30")]
    public TimeSpan ProbeTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
