using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Authentication;

/// <summary>A dictionary that never holds more than so many entries: the one untouched for longest gives way. Not thread-safe.</summary>
internal sealed class BoundedMap<TKey, TValue>(int maxCount)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _entries = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();

    public int Count => _entries.Count;

    /// <summary>Looks a value up without counting as a use, so that looking does not keep an entry alive.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isFound = _entries.TryGetValue(key, out var node);
        value = isFound ? node!.Value.Value : default;
        return isFound;
    }

    public void Set(TKey key, TValue value)
    {
        if (_entries.Remove(key, out var old)) _byUse.Remove(old);
        _entries[key] = _byUse.AddLast((key, value));
        if (_entries.Count <= maxCount) return;
        _entries.Remove(_byUse.First!.Value.Key);
        _byUse.RemoveFirst();
    }

    public void Remove(TKey key)
    {
        if (_entries.Remove(key, out var node)) _byUse.Remove(node);
    }
}
