using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Rvp.Protocol;

namespace RvpServer.Storage;

/// <summary>
/// Texts as the index of words takes them. Writing without spaces, such as Chinese and Japanese, is taken letter by letter. Each text begins with a word that
/// stands for its node, so that a search meets no other account's.
/// </summary>
internal static class SearchWords
{
    /// <summary>Characters of the word that stands for a node.</summary>
    public const int WordLength = 1 + 2 * HashBytes;

    // Longer words are found by their beginnings. PostgreSQL takes 2,046 bytes.
    private const int MaxLexeme = 100;

    // Two accounts may have the same: it saves reading, and does not keep them apart.
    private const int PrefixLength = 9;
    private const int HashBytes = 10;
    private const int MaxWords = 16;

    /// <summary>What is kept of a message's text.</summary>
    public static string Of(string node, string text) => text.Length == 0 ? "" : WordOf(node) + " " + Apart(text);

    /// <summary>The search for texts in which each of these words begins one; null if there is no word in it.</summary>
    public static string? Query(RvpUrl node, string match)
    {
        var words = Runs(match).Take(MaxWords).Select(run => $"\"{Apart(run)}\"*").ToList();
        return words.Count == 0 ? null : $"\"{WordOf(node.ToString())}\" AND {string.Join(" AND ", words)}";
    }

    /// <summary>
    /// A kept text as the text form of PostgreSQL's <c>tsvector</c>: each word begins with the node's, so that a search reads no other account's. Made here,
    /// since what PostgreSQL takes for a word depends on the system's locale. Null if there is no word in it.
    /// </summary>
    public static string? Vector(string node, string kept)
    {
        if (kept.Length == 0) return null;
        var (prefix, vector, place) = (PrefixOf(node), new StringBuilder(2 * kept.Length), 0);
        foreach (var run in Runs(kept[WordLength..]))
            vector.Append('\'').Append(prefix).Append(Lexeme(run)).Append("':").Append(++place).Append(' ');
        return place == 0 ? null : vector.ToString();
    }

    /// <summary>The search as the text form of PostgreSQL's <c>tsquery</c>; null if there is no word in it.</summary>
    public static string? VectorQuery(RvpUrl node, string match)
    {
        var prefix = PrefixOf(node.ToString());
        // Letters that were taken apart must follow each other.
        var words = Runs(match).Take(MaxWords).Select(run => Runs(Apart(run)).Select(word => $"'{prefix}{Lexeme(word)}'"))
            .Select(letters => $"({string.Join(" <-> ", letters)}:*)").ToList();
        return words.Count == 0 ? null : string.Join(" & ", words);
    }

    /// <summary>How all words of a node begin in a <see cref="Vector"/>.</summary>
    public static string PrefixOf(string node) => WordOf(node)[..PrefixLength];

    private static string Lexeme(string run) => (run.Length > MaxLexeme ? run[..MaxLexeme] : run).ToLowerInvariant();

    /// <summary>The word that stands for a node, which nobody writes by chance.</summary>
    public static string WordOf(string node) =>
        "n" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node.ToLowerInvariant())).AsSpan(0, HashBytes));

    private static string Apart(string text)
    {
        if (!text.Any(HasNoSpaces)) return text;
        var apart = new StringBuilder(2 * text.Length);
        foreach (var letter in text)
        {
            if (HasNoSpaces(letter)) apart.Append(' ').Append(letter).Append(' ');
            else apart.Append(letter);
        }
        return apart.ToString();
    }

    private static IEnumerable<string> Runs(string text)
    {
        var begin = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && IsOfWord(text[i]))
            {
                if (begin < 0) begin = i;
                continue;
            }
            if (begin >= 0) yield return text[begin..i];
            begin = -1;
        }
    }

    private static bool IsOfWord(char letter) =>
        char.IsLetterOrDigit(letter) || char.IsSurrogate(letter) || CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.NonSpacingMark;

    // Kana, and the ideographs of the basic plane.
    private static bool HasNoSpaces(char letter) => letter is (>= '\u3040' and <= '\u30ff') or (>= '\u3400' and <= '\u9fff') or (>= '\uf900' and <= '\ufaff');
}
