using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Rvp.Protocol;

/// <summary>
/// Names of hosts and domains that are not ASCII. Inside there is one form, the one of DNS (<c>im.xn--mller-kva.test</c>), whichever one is written; people
/// read <c>im.müller.test</c>. [RFC 5890]
/// </summary>
public static class DomainName
{
    private const string AcePrefix = "xn--";
    private static readonly SearchValues<string> AnyAcePrefix = SearchValues.Create([AcePrefix], StringComparison.OrdinalIgnoreCase);
    private static readonly IdnMapping Mapping = new() { UseStd3AsciiRules = true };

    /// <summary>
    /// The ASCII form: an ASCII name as it is, others in lower case. False for what readers disagree about: letters that some turn into others first, as in
    /// names of accounts (scripts that need marks beside their letters are written in ASCII), and a label that begins like such a form and is none.
    /// </summary>
    public static bool TryToAscii(string text, [NotNullWhen(true)] out string? ascii)
    {
        ascii = text;
        if (Ascii.IsValid(text) && !text.AsSpan().ContainsAny(AnyAcePrefix)) return true;
        // An ideographic full stop is what Japanese and Chinese keyboards write. [RFC 3490, 3.1]
        var labels = text.ToLowerInvariant().Replace('\u3002', '.').Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (!TryToAsciiLabel(labels[i], out var label))
            {
                ascii = null;
                return false;
            }
            labels[i] = label;
        }
        ascii = string.Join('.', labels);
        return true;
    }

    /// <summary>
    /// The name as people read it. A label that mixes other scripts with Latin letters stays as it is: it may be made to look like another one.
    /// </summary>
    public static string ToUnicode(string name)
    {
        if (!name.AsSpan().ContainsAny(AnyAcePrefix)) return name;
        return string.Join('.', name.Split('.').Select(label => Decode(label.ToLowerInvariant()) is { } read && IsOfOneScript(read) ? read : label));
    }

    private static bool TryToAsciiLabel(string label, [NotNullWhen(true)] out string? ascii)
    {
        ascii = label;
        if (Ascii.IsValid(label)) return !label.StartsWith(AcePrefix, StringComparison.Ordinal) || Decode(label) is not null;
        ascii = AccountName.AreLetters(label) ? Encode(label) : null;
        return ascii is not null;
    }

    private static string? Encode(string label)
    {
        try
        {
            return Mapping.GetAscii(label);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    // Null unless it is the one way to write the label.
    private static string? Decode(string label)
    {
        if (!label.StartsWith(AcePrefix, StringComparison.Ordinal)) return null;
        try
        {
            var read = Mapping.GetUnicode(label);
            return !Ascii.IsValid(read) && Encode(read.ToLowerInvariant()) == label ? read : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static bool IsOfOneScript(string label)
    {
        var hasLatin = label.Any(char.IsAsciiLetter);
        return AccountName.AreLetters(label) && label.All(c => c < 0x0250 || !hasLatin);
    }
}
