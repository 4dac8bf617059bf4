using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RvpServer.Directories.Local;

/// <summary>
/// An account's forms of the user name with their HA1, in the bytes that <see cref="SecretVault"/> wrote: length, form in UTF-8, 16 bytes. About forty forms as
/// objects would take four times the memory, for every account in the cache; a look-up reads through them in less than a microsecond.
/// </summary>
internal sealed class PackedHa1 : IReadOnlyDictionary<string, byte[]>
{
    private const int HashLength = 16;
    private const int MaxShort = 100;

    private readonly byte[] packed;

    /// <param name="packed">The entries; throws <see cref="EndOfStreamException"/> unless they are complete and match the count.</param>
    /// <param name="count">How many there are.</param>
    public PackedHa1(byte[] packed, int count)
    {
        this.packed = packed;
        Count = count;
        var at = 0;
        for (var i = 0; i < count; i++) Next(ref at, out _, out _);
        if (at != packed.Length) throw new EndOfStreamException("The forms do not end where they should.");
    }

    public int Count { get; }

    public IEnumerable<string> Keys => this.Select(entry => entry.Key);

    public IEnumerable<byte[]> Values => this.Select(entry => entry.Value);

    public byte[] this[string key] => TryGetValue(key, out var hash) ? hash : throw new KeyNotFoundException();

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out byte[] value)
    {
        Span<byte> bytes = key.Length <= MaxShort ? stackalloc byte[MaxShort * 3] : new byte[Encoding.UTF8.GetByteCount(key)];
        var wanted = bytes[..Encoding.UTF8.GetBytes(key, bytes)];
        for (var at = 0; at < packed.Length;)
        {
            Next(ref at, out var form, out var hash);
            if (!packed.AsSpan(form).SequenceEqual(wanted)) continue;
            value = packed[hash];
            return true;
        }
        value = null;
        return false;
    }

    public IEnumerator<KeyValuePair<string, byte[]>> GetEnumerator()
    {
        for (var at = 0; at < packed.Length;)
        {
            Next(ref at, out var form, out var hash);
            yield return new(Encoding.UTF8.GetString(packed[form]), packed[hash]);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    // The length in groups of seven bits, as BinaryWriter writes it.
    private void Next(ref int at, out Range form, out Range hash)
    {
        int length = 0, shift = 0, group;
        do
        {
            if (at >= packed.Length || shift > 21) throw new EndOfStreamException("A form has no length.");
            group = packed[at++];
            length |= (group & 0x7f) << shift;
            shift += 7;
        }
        while (group >= 0x80);
        if (length > packed.Length - at - HashLength) throw new EndOfStreamException("A form is cut off.");
        form = at..(at + length);
        hash = (at + length)..(at + length + HashLength);
        at += length + HashLength;
    }
}
