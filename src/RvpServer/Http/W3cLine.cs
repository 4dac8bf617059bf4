using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;

namespace RvpServer.Http;

/// <summary>
/// A line of the W3C extended log while it is being made: fields in UTF-8, with a space between them. What separates fields or ends a line becomes <c>+</c>
/// inside of one, as in Internet Information Services, so that nobody forges a line. A field that is empty is <c>-</c>.
/// </summary>
/// <param name="buffer">Long enough for all fields: see <see cref="MaxLength"/>.</param>
internal ref struct W3cLine(Span<byte> buffer)
{
    /// <summary>What the fields of fixed form need at most, with their separators.</summary>
    private const int FixedLength = 256;

    private const byte Separator = (byte)' ';
    private const byte Nothing = (byte)'-';
    private const byte Escape = (byte)'+';

    // Everything that some program may take for the end of a field or line; and what is not UTF-8 at all.
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
        [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => char.IsWhiteSpace(c) || char.IsControl(c))]);

    private readonly Span<byte> buffer = buffer;

    /// <summary>The bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The room that a line with texts of so many characters may need.</summary>
    public static int MaxLength(int characters) => FixedLength + (characters * 3);

    /// <summary>A text of somebody else.</summary>
    public void Add(string? text)
    {
        if (string.IsNullOrEmpty(text)) Add(Nothing);
        else if (!text.AsSpan().ContainsAny(Unsafe)) Length += Encoding.UTF8.GetBytes(text, buffer[Length..]);
        else foreach (var rune in text.EnumerateRunes()) AddSafe(rune);
        End();
    }

    /// <summary>An address.</summary>
    public void Add(IPAddress? address)
    {
        if (address is not null && address.TryFormat(buffer[Length..], out var written)) Length += written;
        else Add(Nothing);
        End();
    }

    /// <summary>A number.</summary>
    public void Add<T>(T value)
        where T : IUtf8SpanFormattable
    {
        if (value.TryFormat(buffer[Length..], out var written, default, CultureInfo.InvariantCulture)) Length += written;
        End();
    }

    /// <summary>The date and the time of day, in UTC: two fields.</summary>
    public void Add(DateTime time)
    {
        // The form is yyyy-MM-dd HH:mm:ssZ; a custom one takes five times as long.
        if (time.TryFormat(buffer[Length..], out var written, "u", CultureInfo.InvariantCulture)) Length += written - 1;
        End();
    }

    /// <summary>The whole line.</summary>
    public readonly ReadOnlySpan<byte> Close()
    {
        buffer[Length - 1] = (byte)'\n';
        return buffer[..Length];
    }

    private void AddSafe(Rune rune)
    {
        if (rune.IsBmp && Unsafe.Contains((char)rune.Value)) Add(Escape);
        else Length += rune.EncodeToUtf8(buffer[Length..]);
    }

    private void End() => Add(Separator);

    private void Add(byte value) => buffer[Length++] = value;
}
