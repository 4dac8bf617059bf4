using Rvp.Protocol;
using RvpServer.Storage;

namespace RvpServer.Home;

/// <summary>The shards that this process has. A process that is alone has all of them, always.</summary>
internal sealed class Shards
{
    private readonly Shard?[] open;
    private int changes;

    private Shards(int count) => open = new Shard?[count];

    /// <summary>Told of a shard that another process has taken, as the store says: what is in memory of it is out of date.</summary>
    public event Action<Shard>? Lost;

    /// <summary>Another number whenever a shard has come or gone.</summary>
    public int Changes => Volatile.Read(ref changes);

    /// <summary>The number of all shards, here or elsewhere.</summary>
    public int Count => open.Length;

    /// <summary>Those that are here.</summary>
    public IEnumerable<Shard> Open => open.OfType<Shard>();

    /// <summary>For a process that is alone.</summary>
    public static Shards All(int count)
    {
        var all = new Shards(count);
        for (short number = 0; number < count; number++) all.Add(new Shard(number));
        return all;
    }

    /// <summary>For one of several processes, which takes them one by one.</summary>
    public static Shards None(int count) => new(count);

    /// <summary>The shard of a node; null: it is not here.</summary>
    public Shard? Find(RvpUrl node) => Volatile.Read(ref open[open.Length == 1 ? 0 : ShardMap.Of(node, open.Length)]);

    /// <summary>The shard of a node. Throws <see cref="ShardAwayException"/> if it is not here.</summary>
    public Shard Of(RvpUrl node) => Find(node) ?? throw new ShardAwayException(node);

    /// <summary>Whether the shard with this number is not here.</summary>
    public bool IsMissing(int number) => Volatile.Read(ref open[number]) is null;

    /// <summary>A shard is here, with all its nodes.</summary>
    public void Add(Shard shard)
    {
        Volatile.Write(ref open[shard.Number], shard);
        Interlocked.Increment(ref changes);
    }

    /// <summary>Closes a shard; false if it was closed before.</summary>
    public bool Remove(Shard shard)
    {
        shard.Close();
        Interlocked.Increment(ref changes);
        return Interlocked.CompareExchange(ref open[shard.Number], null, shard) == shard;
    }

    /// <summary>The store has refused to write for this node's shard.</summary>
    public void Lose(RvpUrl node)
    {
        if (Find(node) is { } shard) Lost?.Invoke(shard);
    }
}
