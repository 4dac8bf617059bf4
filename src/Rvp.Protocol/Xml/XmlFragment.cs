using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>
/// Writes pieces of documents whose root declares d, r and a, and no default namespace. A piece declares everything else itself, so it can be put into any of
/// our documents.
/// </summary>
internal static class XmlFragment
{
    /// <summary>The nodes as text. Throws <see cref="RvpException"/> above <see cref="RvpXml.MaxInnerXmlLength"/>.</summary>
    public static string Write(IEnumerable<XNode> nodes)
    {
        var text = new StringBuilder();
        foreach (var node in nodes) AppendNode(text, node, defaultNamespace: "");
        return text.ToString();
    }

    /// <summary>A property with its tags, never as an empty-element tag: a real client crashes on that. [client: pidgin-librvp]</summary>
    public static StringBuilder AppendProperty(this StringBuilder text, PropertyName name, string innerXml)
    {
        // A prefix, not a default namespace, which would also apply to names without a prefix inside the value.
        var prefix = name.Namespace.Length == 0 ? "" : (PrefixOf(name.Namespace) ?? "n") + ":";
        text.Append('<').Append(prefix).Append(name.LocalName);
        if (prefix == "n:") text.Append(" xmlns:n='").Append(EscapeAttribute(name.Namespace)).Append('\'');
        return text.Append(PropertyLanguage.EndOfTag(innerXml)).Append(innerXml).Append("</").Append(prefix).Append(name.LocalName).Append('>');
    }

    private static void AppendNode(StringBuilder text, XNode node, string defaultNamespace)
    {
        if (node is XText { Value: var value }) text.Append(RvpXml.Escape(value));
        else if (node is XElement element) AppendElement(text, element, defaultNamespace);
        if (text.Length > RvpXml.MaxInnerXmlLength) throw new RvpException($"A value is longer than {RvpXml.MaxInnerXmlLength} characters.");
    }

    private static void AppendElement(StringBuilder text, XElement element, string defaultNamespace)
    {
        var space = element.Name.NamespaceName;
        var prefix = PrefixOf(space);
        var tag = prefix is null ? element.Name.LocalName : prefix + ":" + element.Name.LocalName;
        text.Append('<').Append(tag);
        if (prefix is null && space != defaultNamespace)
        {
            AppendAttribute(text, "xmlns", space);
            defaultNamespace = space;
        }
        AppendAttributes(text, element);
        if (element.IsEmpty)
        {
            text.Append("/>");
            return;
        }
        text.Append('>');
        foreach (var node in element.Nodes()) AppendNode(text, node, defaultNamespace);
        text.Append("</").Append(tag).Append('>');
    }

    private static void AppendAttributes(StringBuilder text, XElement element)
    {
        var declared = 0;
        foreach (var attribute in element.Attributes())
        {
            var name = attribute.Name.LocalName;
            var space = attribute.Name.NamespaceName;
            if (space.Length > 0)
            {
                var prefix = PrefixOf(space);
                if (prefix is null)
                {
                    prefix = "n" + (++declared).ToString(CultureInfo.InvariantCulture);
                    AppendAttribute(text, "xmlns:" + prefix, space);
                }
                name = prefix + ":" + name;
            }
            AppendAttribute(text, name, attribute.Value);
        }
    }

    private static void AppendAttribute(StringBuilder text, string name, string value) =>
        text.Append(' ').Append(name).Append("=\"").Append(EscapeAttribute(value)).Append('"');

    /// <summary>Text for use in an attribute.</summary>
    public static string EscapeAttribute(string value) =>
        RvpXml.Escape(value).Replace("\"", "&quot;", StringComparison.Ordinal).Replace("'", "&apos;", StringComparison.Ordinal)
            .Replace("\t", "&#9;", StringComparison.Ordinal).Replace("\n", "&#10;", StringComparison.Ordinal);

    private static string? PrefixOf(string space) => space switch
    {
        RvpXml.Dav => "d",
        RvpXml.Rvp => "r",
        RvpXml.Acl => "a",
        "http://www.w3.org/XML/1998/namespace" => "xml",
        _ => null,
    };
}
