using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>Names, prefixes and the one safe way to read XML from strangers.</summary>
public static class RvpXml
{
    /// <summary>WebDAV's namespace, always written as prefix d.</summary>
    public const string Dav = "DAV:";

    /// <summary>RVP's namespace, always written as prefix r.</summary>
    public const string Rvp = "http://schemas.microsoft.com/rvp/";

    /// <summary>The access list's namespace, always written as prefix a.</summary>
    public const string Acl = "http://schemas.microsoft.com/rvp/acl/";

    /// <summary>The declarations on every root element that we write: real clients match the literal prefixes. [client]</summary>
    public const string Declarations = "xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'";

    /// <summary>The start of every document that we write.</summary>
    public const string Prolog = "<?xml version=\"1.0\"?>";

    /// <summary>Deepest nesting accepted. The deepest document of the protocol has 8 levels; recursive readers at the other end must not overflow.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most elements in a control document: an access list of 1000 full entries has 30,000, a list of 10,000 subscriptions 60,000.</summary>
    public const int MaxElements = 65_536;

    /// <summary>Longest namespace or local name accepted, in characters: we may repeat a namespace that a stranger declared only once.</summary>
    public const int MaxNameLength = 256;

    /// <summary>Longest <see cref="Property.InnerXml"/>, in characters: twice the largest body that a server takes by default.</summary>
    public const int MaxInnerXmlLength = 262_144;

    /// <summary>No DTD, no entities, no external resources.</summary>
    public static XmlReaderSettings ReaderSettings { get; } = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        CloseInput = true,
        // The server limits bodies before this; the limit is for what our client reads from a foreign server.
        MaxCharactersInDocument = 8 * 1024 * 1024,
    };

    /// <summary>Reads a small control document into a tree and keeps white space. Every error becomes an <see cref="RvpException"/>.</summary>
    public static XElement ReadDocument(ReadOnlyMemory<byte> body) => SafeReader.Read(body, ReaderSettings, SafeReader.ReadTree);

    /// <summary>
    /// Text for use between tags (not in an attribute). What XML cannot contain, control characters and lone surrogates, becomes U+FFFD; a carriage return
    /// becomes a reference, since readers would turn it into a line feed.
    /// </summary>
    public static string Escape(string text) => IsPlain(text)
        ? text
        : Clean(text).Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\r", "&#13;", StringComparison.Ordinal);

    private static bool IsPlain(ReadOnlySpan<char> text) => !text.ContainsAnyExceptInRange(' ', '\ud7ff') && !text.ContainsAny('&', '<', '>');

    /// <summary>The text with U+FFFD for every character that XML 1.0 cannot represent.</summary>
    internal static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '\ud7ff')) return text;
        StringBuilder? cleaned = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) continue;
            if (i + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[i + 1], text[i]))
            {
                i++;
                continue;
            }
            cleaned ??= new StringBuilder(text);
            cleaned[i] = '\ufffd';
        }
        return cleaned?.ToString() ?? text;
    }

    /// <summary>The document as bytes: UTF-8 without byte order mark.</summary>
    internal static byte[] ToBytes(StringBuilder document) => Encoding.UTF8.GetBytes(document.ToString());
}
