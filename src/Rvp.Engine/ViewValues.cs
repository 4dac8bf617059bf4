using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>
/// The values of a view by name. Almost always one, and in memory for every account, so an array and not a hash table, and no object around it. At most as many
/// as a node may have properties.
/// </summary>
[SuppressMessage("Performance", "CA1815", Justification = "Nobody compares them.")]
[SuppressMessage("Naming", "CA1710", Justification = "The values of a view.")]
public readonly struct ViewValues : IReadOnlyDictionary<PropertyName, ViewValue>
{
    private readonly KeyValuePair<PropertyName, ViewValue>[] entries;

    private ViewValues(KeyValuePair<PropertyName, ViewValue>[] entries) => this.entries = entries;

    /// <summary>No values.</summary>
    public static ViewValues None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => entries.Length;

    /// <inheritdoc/>
    public IEnumerable<PropertyName> Keys => entries.Select(entry => entry.Key);

    /// <inheritdoc/>
    public IEnumerable<ViewValue> Values => entries.Select(entry => entry.Value);

    /// <inheritdoc/>
    public ViewValue this[PropertyName key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException();

    /// <inheritdoc/>
    public bool ContainsKey(PropertyName key) => IndexOf(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(PropertyName key, [MaybeNullWhen(false)] out ViewValue value)
    {
        var index = IndexOf(key);
        value = index < 0 ? null : entries[index].Value;
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<PropertyName, ViewValue>> GetEnumerator() => entries.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ViewValues With(PropertyName key, ViewValue value)
    {
        var index = IndexOf(key);
        return index < 0 ? new([.. entries, new(key, value)]) : new([.. entries[..index], new(key, value), .. entries[(index + 1)..]]);
    }

    internal ViewValues Without(PropertyName key)
    {
        var index = IndexOf(key);
        return index < 0 ? this : new([.. entries[..index], .. entries[(index + 1)..]]);
    }

    private int IndexOf(PropertyName key)
    {
        for (var i = 0; i < entries.Length; i++)
            if (entries[i].Key == key) return i;
        return -1;
    }
}
