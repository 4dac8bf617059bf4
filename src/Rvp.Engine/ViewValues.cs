using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// The values of a view by name. Almost always one, and in memory for every account, so an array and not a hash table. At most as many as a node may have
/// properties.
/// </summary>
internal sealed class ViewValues : IReadOnlyDictionary<PropertyName, ViewValue>
{
    private KeyValuePair<PropertyName, ViewValue>[] entries = [];

    public int Count => entries.Length;

    public IEnumerable<PropertyName> Keys => entries.Select(entry => entry.Key);

    public IEnumerable<ViewValue> Values => entries.Select(entry => entry.Value);

    public ViewValue this[PropertyName key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException();

    public bool ContainsKey(PropertyName key) => IndexOf(key) >= 0;

    public bool TryGetValue(PropertyName key, [MaybeNullWhen(false)] out ViewValue value)
    {
        var index = IndexOf(key);
        value = index < 0 ? null : entries[index].Value;
        return index >= 0;
    }

    public void Set(PropertyName key, ViewValue value)
    {
        var index = IndexOf(key);
        if (index < 0) entries = [.. entries, new(key, value)];
        else entries[index] = new(key, value);
    }

    public void Remove(PropertyName key)
    {
        var index = IndexOf(key);
        if (index >= 0) entries = [.. entries[..index], .. entries[(index + 1)..]];
    }

    public IEnumerator<KeyValuePair<PropertyName, ViewValue>> GetEnumerator() => entries.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(PropertyName key)
    {
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Key == key) return i;
        return -1;
    }
}
