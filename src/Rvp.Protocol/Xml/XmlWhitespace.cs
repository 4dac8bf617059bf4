using System.Globalization;

namespace Rvp.Protocol.Xml;

/// <summary>
/// Removes the white space between two tags, and before and after the root element, from a well-formed document, in one pass over the bytes. White space
/// between a start tag and its own end tag is a value and stays, as everything else does, byte for byte.
/// </summary>
internal static class XmlWhitespace
{
    private enum Markup
    {
        /// <summary>An instruction, a comment, or the start or end of the document.</summary>
        Other,

        /// <summary>A start tag.</summary>
        Start,

        /// <summary>An element without content.</summary>
        Empty,

        /// <summary>An end tag.</summary>
        End,

        /// <summary>A CDATA section: text, so white space next to it belongs to a text.</summary>
        CData,
    }

    /// <summary>The document without white space; the same memory if there is none.</summary>
    public static ReadOnlyMemory<byte> Remove(ReadOnlyMemory<byte> document)
    {
        var bytes = document.Span;
        byte[]? compact = null;
        int length = 0, taken = 0;
        var at = bytes.StartsWith("\uFEFF"u8) ? 3 : 0;
        var before = Markup.Other;
        while (true)
        {
            var text = TextAt(bytes[at..]);
            var markup = bytes[(at + text.Length)..];
            var (after, markupLength) = MarkupAt(markup);
            if (!text.IsEmpty && IsBetweenTags(before, after) && IsWhite(text))
            {
                compact ??= new byte[bytes.Length];
                Take(bytes[taken..at]);
                taken = at + text.Length;
            }
            if (markup.IsEmpty) break;
            at += text.Length + markupLength;
            before = after;
        }
        if (compact is null) return document;
        Take(bytes[taken..]);
        return compact.AsMemory(0, length);

        void Take(ReadOnlySpan<byte> piece)
        {
            piece.CopyTo(compact.AsSpan(length));
            length += piece.Length;
        }
    }

    private static ReadOnlySpan<byte> TextAt(ReadOnlySpan<byte> rest)
    {
        var length = rest.IndexOf((byte)'<');
        return length < 0 ? rest : rest[..length];
    }

    private static (Markup Kind, int Length) MarkupAt(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2) return (Markup.Other, rest.Length);
        switch (rest[1])
        {
            case (byte)'/':
                return (Markup.End, Until(rest, 2, ">"u8));
            case (byte)'?':
                return (Markup.Other, Until(rest, 2, "?>"u8));
            case (byte)'!':
                return rest.StartsWith("<![CDATA["u8) ? (Markup.CData, Until(rest, 9, "]]>"u8)) : (Markup.Other, Until(rest, 4, "-->"u8));
            default:
                var length = StartTagLength(rest);
                return (rest[length - 2] == '/' ? Markup.Empty : Markup.Start, length);
        }
    }

    // Attribute values may contain a '>'.
    private static int StartTagLength(ReadOnlySpan<byte> rest)
    {
        var at = 1;
        while (rest[at..].IndexOfAny((byte)'>', (byte)'"', (byte)'\'') is >= 0 and var next)
        {
            at += next + 1;
            var found = rest[at - 1];
            if (found == '>') return at;
            var end = rest[at..].IndexOf(found);
            if (end < 0) break;
            at += end + 1;
        }
        return rest.Length;
    }

    // A document that ends too early is not well-formed: the rest is one piece.
    private static int Until(ReadOnlySpan<byte> rest, int start, ReadOnlySpan<byte> end)
    {
        if (start >= rest.Length) return rest.Length;
        var found = rest[start..].IndexOf(end);
        return found < 0 ? rest.Length : start + found + end.Length;
    }

    private static bool IsBetweenTags(Markup before, Markup after) =>
        before != Markup.CData && after != Markup.CData && !(before == Markup.Start && after == Markup.End);

    // Every reader turns a reference to a white-space character into that character.
    private static bool IsWhite(ReadOnlySpan<byte> text)
    {
        while (!(text = text.TrimStart(" \t\r\n"u8)).IsEmpty)
        {
            var end = text.IndexOf((byte)';');
            if (end < 0 || !IsWhiteReference(text[..end])) return false;
            text = text[(end + 1)..];
        }
        return true;
    }

    private static bool IsWhiteReference(ReadOnlySpan<byte> reference)
    {
        if (!reference.StartsWith("&#"u8)) return false;
        var isRead = reference.StartsWith("&#x"u8)
            ? int.TryParse(reference[3..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var character)
            : int.TryParse(reference[2..], NumberStyles.None, CultureInfo.InvariantCulture, out character);
        return isRead && character is ' ' or '\t' or '\r' or '\n';
    }
}
