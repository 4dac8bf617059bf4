using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>
/// Which shard a node is in: one of a number that is fixed when the store is made. Stored with every row, so what it gives must never change.
/// </summary>
internal static class ShardMap
{
    /// <summary>The number of shards where nothing else is configured: enough for some two million accounts.</summary>
    public const int DefaultCount = 256;

    /// <summary>The largest number of shards.</summary>
    public const int MaxCount = 1024;

    /// <summary>The shard of a node, which the port is no part of: an account has one.</summary>
    public static short Of(RvpUrl node, int count)
    {
        // FNV-1a, since string.GetHashCode differs from process to process.
        var hash = 2166136261u;
        foreach (var letter in node.Host) hash = (hash ^ letter) * 16777619;
        foreach (var letter in node.Path) hash = (hash ^ char.ToUpperInvariant(letter)) * 16777619;
        return (short)(hash % (uint)count);
    }
}
