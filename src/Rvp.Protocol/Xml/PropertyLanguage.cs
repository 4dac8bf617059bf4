using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>
/// The xml:lang of a property, its own or in scope, which is kept with the value and given back. [RFC 4918, 4.3] It stands in front of the value, as the rest
/// of the tag around it; no value begins like that, since text has no unescaped <c>&gt;</c>. What watchers are told (<see cref="KnownProperties"/>) has none:
/// old clients never write one, and know tags without attributes. (Decision)
/// </summary>
internal static class PropertyLanguage
{
    private const string Start = " xml:lang=\"";

    // Language tags are much shorter.
    private const int MaxLength = 64;

    /// <summary>The value, with the language in which the element around it is.</summary>
    public static string With(XElement element, PropertyName name, string innerXml)
    {
        if (KnownProperties.All.Contains(name)) return innerXml;
        var language = element.AncestorsAndSelf().Attributes(XNamespace.Xml + "lang").FirstOrDefault()?.Value;
        return language is { Length: > 0 and <= MaxLength } ? Start + XmlFragment.EscapeAttribute(language) + "\">" + innerXml : innerXml;
    }

    /// <summary>The end of the tag around a value: nothing if the value begins with the rest of it.</summary>
    public static string EndOfTag(string innerXml)
    {
        if (!innerXml.StartsWith(Start, StringComparison.Ordinal)) return ">";
        return innerXml.AsSpan().IndexOfAny('<', '>') is >= 0 and var end && innerXml[end] == '>' ? "" : ">";
    }
}
