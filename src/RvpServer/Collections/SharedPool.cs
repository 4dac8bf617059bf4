using Rvp.Engine;

namespace RvpServer.Collections;

/// <summary>Against whose share something counts.</summary>
/// <param name="Key">Whoever takes: an address, a principal, a domain.</param>
/// <param name="Group">Who may have many such keys, as a network has many addresses; it has two shares. Null: nobody.</param>
internal readonly record struct Sharer(object Key, object? Group = null);

/// <summary>
/// A bounded number of places (or bytes) of which nobody can take all: each key has a share, and may use it only by the rule of <see cref="FairShare"/>.
/// Thread-safe.
/// </summary>
/// <param name="places">How many there are.</param>
/// <param name="share">The most that one key may have, however much is free.</param>
internal sealed class SharedPool(long places, long share = long.MaxValue)
{
    private readonly Lock gate = new();
    private readonly Dictionary<object, long> keys = [];
    private readonly Dictionary<object, long> groups = [];
    private long taken;

    /// <summary>How much is taken.</summary>
    public long Taken
    {
        get
        {
            lock (gate) return taken;
        }
    }

    /// <summary>True if there was room; then <see cref="GiveBack"/> must follow.</summary>
    public bool TryTake(Sharer who, long amount = 1)
    {
        lock (gate)
        {
            if (!HasRoom(who, amount, places - taken)) return false;
            Add(who, amount);
            return true;
        }
    }

    /// <summary>Takes it whether there is room or not: for what is there already.</summary>
    public void Take(Sharer who, long amount = 1)
    {
        lock (gate) Add(who, amount);
    }

    /// <summary>Ends what <see cref="TryTake"/> or <see cref="Take"/> began.</summary>
    public void GiveBack(Sharer who, long amount = 1)
    {
        lock (gate) Add(who, -amount);
    }

    /// <summary>From now on a place counts as another's; false if that one has no room for it.</summary>
    public bool TryMove(Sharer from, Sharer to)
    {
        lock (gate)
        {
            if (!HasRoom(to, 1, places - taken + 1)) return false;
            Add(from, -1);
            Add(to, 1);
            return true;
        }
    }

    private bool HasRoom(Sharer who, long amount, long free)
    {
        var most = Math.Min(share, free);
        return FairShare.Allows(keys.GetValueOrDefault(who.Key), amount, most)
            && (who.Group is not { } group || FairShare.Allows(groups.GetValueOrDefault(group), amount, 2 * most));
    }

    private void Add(Sharer who, long amount)
    {
        taken += amount;
        Add(keys, who.Key, amount);
        if (who.Group is { } group) Add(groups, group, amount);
    }

    private static void Add(Dictionary<object, long> held, object key, long amount)
    {
        var now = held.GetValueOrDefault(key) + amount;
        if (now == 0) held.Remove(key);
        else held[key] = now;
    }
}
