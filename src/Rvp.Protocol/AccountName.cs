using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Rvp.Protocol;

/// <summary>
/// The names that an account can have: the last segment of its logical URL, and the first part of an IM address. Every reader must take the same name from a
/// URL, whether it cuts the text, unescapes it once or twice, or folds letters that look alike for compatibility. (Decision)
/// </summary>
internal static class AccountName
{
    // What URLs and addresses use themselves, and what some readers take for it.
    private const string Delimiters = "/\\?#@:\"<>";

    // Letters and digits that a reader with normalization (NFC or NFKC) turns into others; whole blocks where most of a block are such, or where names need
    // marks beside the letters, which are reordered. A table, since the runtime does not normalize without ICU.
    private static readonly (int First, int Last)[] Folded =
    [
        (0x00AA, 0x00AA), (0x00B5, 0x00B5), (0x00BA, 0x00BA), (0x0132, 0x0133), (0x013F, 0x0140), (0x0149, 0x0149), (0x017F, 0x017F), (0x01C4, 0x01CC),
        (0x01F1, 0x01F3), (0x02B0, 0x02FF), (0x0374, 0x0374), (0x037A, 0x037A), (0x03D0, 0x03D6), (0x03F0, 0x03F2), (0x03F4, 0x03F5), (0x03F9, 0x03F9),
        (0x0587, 0x0587), (0x0675, 0x0678), (0x0900, 0x0FFF), (0x10FC, 0x10FC), (0x1100, 0x11FF), (0x1D00, 0x1DBF), (0x1E9A, 0x1E9B), (0x1F00, 0x1FFF),
        (0x2000, 0x2BFF), (0x2C7C, 0x2C7D), (0x2D6F, 0x2D6F), (0x309F, 0x309F), (0x30FF, 0x30FF), (0x3130, 0x318F), (0xA69C, 0xA69D), (0xA770, 0xA770),
        (0xA7F2, 0xA7F4), (0xA7F8, 0xA7F9), (0xAB5C, 0xAB5F), (0xAB69, 0xAB69), (0xF900, 0xFFFF), (0x10000, 0x1FFFF), (0x2F800, 0x2FA1F),
    ];

    // Most names have nothing else.
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+");

    /// <summary>True for a name that every reader takes as it is: visible ASCII without delimiters, and letters and digits.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length == 0 || name is "." or "..") return false;
        if (!name.AsSpan().ContainsAnyExcept(Plain)) return true;
        var isAscii = true;
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c > '\u007f') isAscii = false;
            else if (c is <= ' ' or '\u007f' || Delimiters.Contains(c, StringComparison.Ordinal) || IsEscape(name, i)) return false;
        }
        return isAscii || AreLetters(name);
    }

    /// <summary>True for a name of letters, digits and a few signs, which is written in a URL as it is: most are.</summary>
    public static bool IsPlain(ReadOnlySpan<char> name) => !name.IsEmpty && !name.ContainsAnyExcept(Plain);

    /// <summary>Unescapes the last segment of a URL; false if it is not the one spelling of a valid name, apart from raw letters and invalid escapes.</summary>
    public static bool TryRead(string segment, [NotNullWhen(true)] out string? name)
    {
        name = null;
        for (var i = segment.IndexOf('%', StringComparison.Ordinal); i >= 0; i = segment.IndexOf('%', i + 1))
            if (IsEscape(segment, i) && IsUnreserved((char)ByteAt(segment, i))) return false;
        var read = RvpUrl.Decode(segment);
        if (!IsValid(read)) return false;
        name = read;
        return true;
    }

    /// <summary>True where a valid percent-escape begins.</summary>
    public static bool IsEscape(string text, int at) =>
        text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);

    /// <summary>The byte of the escape that begins there.</summary>
    public static byte ByteAt(string text, int at) => byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static bool IsUnreserved(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~';

    /// <summary>True if all that is not ASCII are letters and digits that no reader turns into others.</summary>
    public static bool AreLetters(string name)
    {
        foreach (var rune in name.EnumerateRunes())
        {
            if (rune.IsAscii) continue;
            // A lone surrogate comes as U+FFFD, which is no letter.
            if (!Rune.IsLetterOrDigit(rune)) return false;
            foreach (var (first, last) in Folded)
                if (rune.Value >= first && rune.Value <= last) return false;
        }
        return true;
    }
}
