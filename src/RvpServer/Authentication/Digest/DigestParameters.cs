namespace RvpServer.Authentication.Digest;

/// <summary>
/// The parameters of an <c>Authorization: Digest</c> header, as they stand in its text: reading them makes no string. Some clients quote what they should not
/// and leave out quotes that they should write [client], so both forms are accepted for every parameter. [RFC 2617, 3.2.2]
/// </summary>
/// <param name="text">What follows the word Digest.</param>
/// <param name="room">Where the parameters are noted; of <see cref="MaxCount"/>.</param>
internal ref struct DigestParameters(ReadOnlySpan<char> text, Span<(Range Name, Range Value)> room)
{
    /// <summary>RFC 7616 knows 13.</summary>
    public const int MaxCount = 64;

    private readonly ReadOnlySpan<char> text = text;
    private readonly Span<(Range Name, Range Value)> room = room;
    private int count;

    /// <summary>Reads all; false for what is no such list, and where a parameter is there twice.</summary>
    public bool TryRead()
    {
        var at = 0;
        while (true)
        {
            // Empty list elements are allowed. [RFC 9110, 5.6.1]
            while (at < text.Length && (text[at] is ',' || IsBlank(text[at]))) at++;
            if (at == text.Length) return true;

            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '_' or '*')) at++;
            var name = start..at;
            at = SkipBlanks(text, at);
            if (start == name.End.Value || at == text.Length || text[at] != '=') return false;

            at = SkipBlanks(text, at + 1);
            if (!TryReadValue(text, ref at, out var value) || !TryAdd(name, value)) return false;
            at = SkipBlanks(text, at);
            if (at < text.Length && text[at] != ',') return false;
        }
    }

    /// <summary>The value of a parameter, without its quotes.</summary>
    public readonly bool TryGet(string name, out ReadOnlySpan<char> value)
    {
        for (var i = 0; i < count; i++)
        {
            if (!text[room[i].Name].Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            value = text[room[i].Value];
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>The same as a text; null if it is not there.</summary>
    public readonly string? Find(string name) => TryGet(name, out var value) ? value.ToString() : null;

    private bool TryAdd(Range name, Range value)
    {
        if (count == room.Length) return false;
        for (var i = 0; i < count; i++)
            if (text[room[i].Name].Equals(text[name], StringComparison.OrdinalIgnoreCase)) return false;
        room[count++] = (name, value);
        return true;
    }

    private static bool TryReadValue(ReadOnlySpan<char> text, ref int at, out Range value)
    {
        var start = at;
        if (at < text.Length && text[at] == '"')
        {
            at++;
            while (at < text.Length && text[at..].IndexOfAny('"', '\\') is >= 0 and var next)
            {
                at += next;
                if (text[at] == '"')
                {
                    value = (start + 1)..at++;
                    return true;
                }
                at += 2;
            }
            value = default;
            return false;
        }
        while (at < text.Length && text[at] is not (',' or '"') && !IsBlank(text[at])) at++;
        value = start..at;
        return at > start;
    }

    private static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && IsBlank(text[at])) at++;
        return at;
    }

    private static bool IsBlank(char c) => c is ' ' or '\t';
}
