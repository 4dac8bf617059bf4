using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Directories;

/// <summary>Values with an expiry by name. Full, it drops a tenth: those that expire first, so what is used and refreshed stays. Not thread-safe.</summary>
internal sealed class BoundedMap<T>(int maxEntries)
{
    private readonly Dictionary<LookupKey, (T Value, long ExpiresAt)> _entries = [];

    /// <summary>How many there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds an entry, also an expired one.</summary>
    public bool TryGet(LookupKey key, [MaybeNullWhen(false)] out T value, out long expiresAt)
    {
        var isFound = _entries.TryGetValue(key, out var entry);
        (value, expiresAt) = entry;
        return isFound;
    }

    /// <summary>Adds or replaces.</summary>
    public void Set(LookupKey key, T value, long expiresAt)
    {
        if (_entries.Count >= maxEntries && !_entries.ContainsKey(key)) DropTenth();
        // From here the table would double far past what it may hold.
        if (_entries.Count == maxEntries / 2) _entries.EnsureCapacity(maxEntries);
        _entries[key] = (value, expiresAt);
    }

    /// <summary>Removes, if there.</summary>
    public void Remove(LookupKey key) => _entries.Remove(key);

    /// <summary>Removes all.</summary>
    public void Clear() => _entries.Clear();

    private void DropTenth()
    {
        var expiries = _entries.Values.Select(entry => entry.ExpiresAt).ToArray();
        Array.Sort(expiries);
        var excess = Math.Max(1, maxEntries / 10);
        var limit = expiries[excess - 1];
        foreach (var (key, entry) in _entries)
        {
            if (entry.ExpiresAt > limit) continue;
            _entries.Remove(key);
            if (--excess == 0) return;
        }
    }
}
