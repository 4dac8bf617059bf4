using System.Collections.Concurrent;
using Rvp.Protocol;

namespace RvpServer.Home;

/// <summary>Some of the nodes, as long as this process has them: those for which <see cref="Storage.ShardMap"/> gives this number.</summary>
internal sealed class Shard(short number)
{
    private volatile bool isClosed;

    /// <summary>Its number in the store.</summary>
    public short Number => number;

    /// <summary>Its nodes in memory.</summary>
    public ConcurrentDictionary<RvpUrl, NodeSlot> Slots { get; } = new();

    /// <summary>
    /// True once it is not this process's any more: nothing is decided here then. If it is false in a node's turn, no other process has the shard before
    /// the turn ends.
    /// </summary>
    public bool IsClosed => isClosed;

    /// <summary>From now on it is closed. Whoever closes it takes every node's turn once before another process may have it.</summary>
    public void Close() => isClosed = true;
}
