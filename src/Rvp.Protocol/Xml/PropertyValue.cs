using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>The value of a property; presence always in the form of <see cref="PresenceStates.ElementOf"/>.</summary>
internal static class PropertyValue
{
    /// <summary>
    /// The inner XML of <paramref name="container"/> as a value of the property <paramref name="name"/>. For r:state, everything except one known state becomes
    /// text that <see cref="PresenceStates.TryParseElement"/> refuses.
    /// </summary>
    public static string Read(PropertyName name, XElement container) => Read(name, container.Nodes());

    /// <inheritdoc cref="Read(PropertyName, XElement)"/>
    public static string Read(PropertyName name, IEnumerable<XNode> nodes) =>
        name == PropertyName.State && TryReadState(nodes, out var state) ? PresenceStates.ElementOf(state) : XmlFragment.Write(nodes);

    /// <summary>The name of a property's element.</summary>
    public static PropertyName ToPropertyName(this XName name) => new(name.NamespaceName, name.LocalName);

    /// <summary>The properties in a d:prop.</summary>
    public static List<Property> ReadAll(XElement prop) =>
        [.. prop.Elements().Select(element => (Name: element.Name.ToPropertyName(), Element: element))
            .Select(p => new Property(p.Name, Read(p.Name, p.Element)))];

    private static bool TryReadState(IEnumerable<XNode> nodes, out PresenceState state)
    {
        state = default;
        XElement? only = null;
        foreach (var node in nodes)
        {
            if (node is XText { Value: var text } && string.IsNullOrWhiteSpace(text)) continue;
            if (only is not null || node is not XElement element) return false;
            only = element;
        }
        // COMPAT(client): one client forgets the namespace of the state element.
        return only is not null && only.Name.NamespaceName is RvpXml.Rvp or "" && PresenceStates.TryParseName(only.Name.LocalName, out state);
    }
}
