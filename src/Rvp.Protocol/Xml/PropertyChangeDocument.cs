using System.Text;

namespace Rvp.Protocol.Xml;

/// <summary>A property change that is told to many: all of the document but the two contacts is written once.</summary>
public sealed class PropertyChangeDocument
{
    private static readonly byte[] Head = Encoding.UTF8.GetBytes(
        RvpXml.Prolog + "<r:notification " + RvpXml.Declarations + "><r:propnotification><r:notification-from><r:contact><d:href>");

    private readonly byte[] tail;

    /// <param name="properties">What it tells; r:state must come first, since one client reads only the first property. [client]</param>
    public PropertyChangeDocument(IReadOnlyList<Property> properties)
    {
        var text = new StringBuilder("</d:href><r:description/></r:contact></r:notification-to><d:propertyupdate><d:set><d:prop>");
        foreach (var property in properties) text.AppendProperty(property.Name, property.InnerXml);
        tail = RvpXml.ToBytes(text.Append("</d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>"));
    }

    private static ReadOnlySpan<byte> Between => "</d:href><r:description/></r:contact></r:notification-from><r:notification-to><r:contact><d:href>"u8;

    /// <summary>The document for one receiver.</summary>
    public byte[] Write(string from, string to)
    {
        (from, to) = (RvpXml.Escape(from), RvpXml.Escape(to));
        var document = new byte[Head.Length + Encoding.UTF8.GetByteCount(from) + Between.Length + Encoding.UTF8.GetByteCount(to) + tail.Length];
        Head.CopyTo(document, 0);
        var at = Head.Length + Encoding.UTF8.GetBytes(from, document.AsSpan(Head.Length));
        Between.CopyTo(document.AsSpan(at));
        at += Between.Length;
        at += Encoding.UTF8.GetBytes(to, document.AsSpan(at));
        tail.CopyTo(document, at);
        return document;
    }
}
