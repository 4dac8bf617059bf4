using System.Globalization;
using System.Text;

namespace Rvp.Cli;

/// <summary>
/// Makes text from strangers harmless for a terminal. Control characters (also escape sequences), invisible format characters that change the reading
/// direction, and line separators become U+FFFD or spaces.
/// </summary>
internal static class SafeText
{
    private const char Replacement = '\ufffd';

    /// <summary>The text as one line; line breaks and tabs become spaces.</summary>
    public static string Line(string text) => Clean(text.ReplaceLineEndings(" "));

    /// <summary>The lines of a text, each harmless.</summary>
    public static IEnumerable<string> Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Select(Clean);

    private static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == '\t') clean.Append(' ');
            else if (IsHarmless(rune)) clean.Append(rune.ToString());
            else clean.Append(Replacement);
        }
        return clean.ToString();
    }

    // Joiners are part of emoji and of several scripts, and reorder nothing.
    private static bool IsHarmless(Rune rune) =>
        rune.Value is 0x200C or 0x200D
        || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
