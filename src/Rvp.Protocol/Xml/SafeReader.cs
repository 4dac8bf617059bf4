using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>The only code that creates an <see cref="XmlReader"/>: takes bytes from a stranger, gives a value or an <see cref="RvpException"/>.</summary>
internal static class SafeReader
{
    /// <summary>
    /// Reads a document with <paramref name="read"/>, which gets the reader at its first node and must read to the end. Decision: documents are UTF-8. Every
    /// known client writes it. A receiver that decodes a relayed document differently than we do could read another sender.
    /// </summary>
    public static T Read<T>(ReadOnlyMemory<byte> body, XmlReaderSettings settings, Func<XmlReader, T> read)
    {
        if (body.IsEmpty) throw new RvpException("The body is empty.");
        if (IsWide(body.Span)) throw NotUtf8();
        try
        {
            using var reader = XmlReader.Create(AsStream(body), settings);
            reader.Read();
            if (reader.NodeType == XmlNodeType.XmlDeclaration && reader.GetAttribute("encoding") is { } encoding
                && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) throw NotUtf8();
            return read(reader);
        }
        catch (XmlException e)
        {
            throw new RvpException($"The body is not well-formed XML without a DTD: see line {e.LineNumber}, position {e.LinePosition}.");
        }
        catch (ArgumentException)
        {
            // How XmlReader fails on a byte above 0x7F in the XML declaration, and what decoders throw. [dotnet/runtime issue 113061]
            throw new RvpException("The body is not well-formed XML in UTF-8.");
        }
    }

    /// <summary>Builds the tree, with limits on depth, elements and the length of names.</summary>
    public static XElement ReadTree(XmlReader reader)
    {
        XElement? root = null;
        XElement? current = null;
        var count = 0;
        do
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    if (++count > RvpXml.MaxElements) throw new RvpException($"The document has more than {RvpXml.MaxElements} elements.");
                    if (reader.Depth >= RvpXml.MaxDepth) throw new RvpException($"The document is nested deeper than {RvpXml.MaxDepth} levels.");
                    var isEmpty = reader.IsEmptyElement;
                    var element = ReadTag(reader);
                    if (current is null) root = element;
                    else current.Add(element);
                    if (!isEmpty) current = element;
                    break;
                case XmlNodeType.EndElement:
                    if (current!.IsEmpty) current.Value = ""; // Keeps <x></x> different from <x/>.
                    current = current.Parent;
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    current?.Add(reader.Value);
                    break;
                case XmlNodeType.Comment or XmlNodeType.ProcessingInstruction:
                    // Seen only where the settings say so.
                    throw new RvpException("The document must not hold comments or processing instructions.");
            }
        }
        while (reader.Read());
        return root!;
    }

    private static XElement ReadTag(XmlReader reader)
    {
        var element = new XElement(NameOf(reader));
        while (reader.MoveToNextAttribute())
            if (!IsDeclaration(reader)) element.Add(new XAttribute(NameOf(reader), reader.Value));
        return element;
    }

    /// <summary>True for an attribute that declares a namespace.</summary>
    public static bool IsDeclaration(XmlReader attribute) => attribute.Prefix == "xmlns" || attribute is { Prefix: "", LocalName: "xmlns" };

    private static XName NameOf(XmlReader reader)
    {
        if (reader.LocalName.Length > RvpXml.MaxNameLength || reader.NamespaceURI.Length > RvpXml.MaxNameLength)
            throw new RvpException($"A name or namespace is longer than {RvpXml.MaxNameLength} characters.");
        return XName.Get(reader.LocalName, reader.NamespaceURI);
    }

    // UTF-16 and UTF-32, with and without byte order mark: no UTF-8 document begins like these.
    private static bool IsWide(ReadOnlySpan<byte> body) => body.Length >= 2 && (body[0] == 0 || body[1] == 0 || body[0] >= 0xFE);

    private static RvpException NotUtf8() => new("The body must be encoded in UTF-8.");

    private static MemoryStream AsStream(ReadOnlyMemory<byte> body) =>
        MemoryMarshal.TryGetArray(body, out var segment)
            ? new MemoryStream(segment.Array!, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(body.ToArray(), writable: false);
}
