using System.Collections.Concurrent;

namespace RvpServer.Storage;

/// <summary>
/// Ids and the numbers behind them, by which their rows are kept. Most come from <see cref="IdCipher"/>. A node that was on another home server keeps the ids
/// that it got there, since clients name them; their numbers are given here. Such an id is good for its node alone: another node may have the same. It is
/// known until the server ends, also when its row is gone.
/// </summary>
internal sealed class StoredIds(IdCipher cipher)
{
    private readonly ConcurrentDictionary<int, Foreign[]> foreign = new();
    private readonly ConcurrentDictionary<int, int> byNumber = new();

    // Nearly always there are none, and every row asks.
    private volatile bool hasForeign;

    /// <summary>Ids that nodes brought along.</summary>
    public int Count => byNumber.Count;

    /// <summary>The id for a number.</summary>
    public int IdOf(int number) => hasForeign && byNumber.TryGetValue(number, out var id) ? id : cipher.IdOf(number);

    /// <summary>The number behind an id of a node, which is given by its canonical text.</summary>
    public int NumberOf(string node, int id) => FindForeign(node, id) ?? cipher.NumberOf(id);

    /// <summary>The number of an id that the node got elsewhere; null: it got it here.</summary>
    public int? FindForeign(string node, int id)
    {
        if (!hasForeign || !foreign.TryGetValue(id, out var all)) return null;
        foreach (var one in all)
            if (one.Node.Equals(node, StringComparison.OrdinalIgnoreCase)) return one.Number;
        return null;
    }

    /// <summary>Whether any node has got this id elsewhere: then it is not given here.</summary>
    public bool IsForeign(int id) => hasForeign && foreign.ContainsKey(id);

    /// <summary>A node has got an id elsewhere.</summary>
    public void Add(string node, int id, int number)
    {
        foreign.AddOrUpdate(id, _ => [new(node, number)], (_, all) => [.. all.Where(one => !one.Is(node)), new(node, number)]);
        byNumber[number] = id;
        hasForeign = true;
    }

    /// <summary>The ids of one node are another's from now on, each with its number.</summary>
    public void Carry(string from, string to)
    {
        if (!hasForeign) return;
        foreach (var (id, all) in foreign)
            if (Array.Find(all, one => one.Is(from)) is { Node: not null } one) Add(to, id, one.Number);
    }

    private readonly record struct Foreign(string Node, int Number)
    {
        public bool Is(string node) => Node.Equals(node, StringComparison.OrdinalIgnoreCase);
    }
}
