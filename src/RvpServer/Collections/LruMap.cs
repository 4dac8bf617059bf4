using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Collections;

/// <summary>A dictionary with a maximum size: the entry that was not used for the longest time is dropped. Not thread-safe.</summary>
internal sealed class LruMap<TKey, TValue>(int maxCount, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> entries = new(comparer);
    private readonly LinkedList<(TKey Key, TValue Value)> byUse = new();

    public int Count => entries.Count;

    /// <summary>Finds a value; this does not count as a use, so it does not keep an entry alive.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isFound = entries.TryGetValue(key, out var node);
        value = isFound ? node!.Value.Value : default;
        return isFound;
    }

    public void Set(TKey key, TValue value)
    {
        if (entries.Remove(key, out var old)) byUse.Remove(old);
        entries[key] = byUse.AddLast((key, value));
        if (entries.Count <= maxCount) return;
        entries.Remove(byUse.First!.Value.Key);
        byUse.RemoveFirst();
    }

    public void Remove(TKey key)
    {
        if (entries.Remove(key, out var node)) byUse.Remove(node);
    }
}
