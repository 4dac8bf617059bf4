using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Collections;

/// <summary>Values with an expiry by name. Full, it drops a tenth: those that expire first, so what is used and refreshed stays. Not thread-safe.</summary>
internal sealed class ExpiringMap<TKey, TValue>(int maxEntries)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (TValue Value, long ExpiresAt)> entries = [];

    /// <summary>How many there are.</summary>
    public int Count => entries.Count;

    /// <summary>Finds an entry, also an expired one.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value, out long expiresAt)
    {
        var isFound = entries.TryGetValue(key, out var entry);
        (value, expiresAt) = entry;
        return isFound;
    }

    /// <summary>Adds or replaces.</summary>
    public void Set(TKey key, TValue value, long expiresAt)
    {
        if (entries.Count >= maxEntries && !entries.ContainsKey(key)) DropTenth();
        // From here the table would double far past what it may hold.
        if (entries.Count == maxEntries / 2) entries.EnsureCapacity(maxEntries);
        entries[key] = (value, expiresAt);
    }

    /// <summary>Removes, if there.</summary>
    public void Remove(TKey key) => entries.Remove(key);

    /// <summary>Removes all.</summary>
    public void Clear() => entries.Clear();

    private void DropTenth()
    {
        var expiries = entries.Values.Select(entry => entry.ExpiresAt).ToArray();
        Array.Sort(expiries);
        var excess = Math.Max(1, maxEntries / 10);
        var limit = expiries[excess - 1];
        foreach (var (key, entry) in entries)
        {
            if (entry.ExpiresAt > limit) continue;
            entries.Remove(key);
            if (--excess == 0) return;
        }
    }
}
