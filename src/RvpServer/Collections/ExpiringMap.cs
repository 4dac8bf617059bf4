using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Collections;

/// <summary>
/// Values with an expiry, by key. When full, it drops the tenth that expires first, so entries that are used and refreshed stay. Not thread-safe.
/// </summary>
internal sealed class ExpiringMap<TKey, TValue>(int maxEntries)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (TValue Value, long ExpiresAt)> entries = [];

    /// <summary>Number of entries.</summary>
    public int Count => entries.Count;

    /// <summary>Finds an entry, even an expired one.</summary>
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
        // Beyond this size the table would double to far more than the maximum.
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
