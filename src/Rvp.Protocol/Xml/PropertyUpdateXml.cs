using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>One property set or removed by a PROPPATCH.</summary>
/// <param name="Name">Which property.</param>
/// <param name="IsRemoval">True for d:remove; then there is no value and no lease.</param>
/// <param name="InnerXml">The new value. An unknown presence becomes text that <see cref="PresenceStates.TryParseElement"/> refuses.</param>
/// <param name="Lease">The requested lease; null for a value without one.</param>
/// <param name="ViewId">The view that it belongs to; null if none is named, 0 (which no view has) if the id is not a 31-bit positive number.</param>
public sealed record PropertyEdit(PropertyName Name, bool IsRemoval, string InnerXml, LeaseTerms? Lease, int? ViewId);

/// <summary>How long a value lasts and what replaces it.</summary>
/// <param name="Default">The value of the property after the lease runs out; null: none.</param>
/// <param name="Timeout">The requested time, at most 2^31-1 seconds; null if there was none.</param>
public sealed record LeaseTerms(string? Default, TimeSpan? Timeout);

/// <summary>The d:propertyupdate document, and the leased form of a value. [spec, PROPPATCH]</summary>
public static class PropertyUpdateXml
{
    private const int MaxEdits = 256;

    private static readonly XNamespace Dav = RvpXml.Dav;
    private static readonly XNamespace Rvp = RvpXml.Rvp;

    /// <summary>Reads the body of a PROPPATCH; the edits come in document order, at least one.</summary>
    public static IReadOnlyList<PropertyEdit> Read(ReadOnlyMemory<byte> body)
    {
        var root = RvpXml.ReadDocument(body);
        // The specification writes d:propupdate in its examples. [spec]
        if (root.Name != Dav + "propertyupdate" && root.Name != Dav + "propupdate") throw new RvpException("The root of a PROPPATCH must be d:propertyupdate.");
        var edits = ReadEdits(root);
        return edits.Count > 0 ? edits : throw new RvpException("d:propertyupdate names no property.");
    }

    /// <summary>
    /// The values that a property change tells of <see cref="KnownProperties"/>, in the order of writing; a leased value counts as the value. Other properties,
    /// and removals, are left out: receivers would not know what to do with them. Throws <see cref="RvpException"/> for a value that a property cannot have.
    /// </summary>
    internal static IReadOnlyList<Property> ReadKnown(XElement update)
    {
        var told = new List<Property>();
        var edits = ReadEdits(update);
        foreach (var name in KnownProperties.All)
        {
            var found = edits.Where(edit => edit.Name == name && !edit.IsRemoval).ToList();
            if (found.Count == 0) continue;
            if (found.Count > 1) throw new RvpException($"The property {name.LocalName} is told more than once.");
            var value = found[0].InnerXml;
            if (!KnownProperties.IsValid(name, value)) throw new RvpException($"The property {name.LocalName} cannot have this value.");
            if (name == PropertyName.State && PresenceStates.TryParseElement(value, out var state))
                value = PresenceStates.ElementOf(PresenceStates.ShownAs(state));
            told.Add(new Property(name, value));
        }
        return told;
    }

    private static List<PropertyEdit> ReadEdits(XElement root)
    {
        var edits = new List<PropertyEdit>();
        var length = 0;
        foreach (var instruction in root.Elements())
        {
            var isRemoval = instruction.Name == Dav + "remove";
            if (!isRemoval && instruction.Name != Dav + "set") continue;
            foreach (var property in instruction.Elements(Dav + "prop").Elements())
            {
                if (edits.Count == MaxEdits) throw new RvpException($"d:propertyupdate changes more than {MaxEdits} properties.");
                var edit = isRemoval ? ReadRemoval(property) : ReadSet(property);
                // Each value declares its namespaces again: a small body with a long namespace must not become many megabytes.
                length += edit.InnerXml.Length + (edit.Lease?.Default?.Length ?? 0);
                if (length > RvpXml.MaxInnerXmlLength) throw new RvpException($"The values are longer than {RvpXml.MaxInnerXmlLength} characters.");
                edits.Add(edit);
            }
        }
        return edits;
    }

    /// <summary>Writes the body of a PROPPATCH that sets one property.</summary>
    public static byte[] Write(Property property)
    {
        var text = new StringBuilder(RvpXml.Prolog, 512).Append("<d:propertyupdate ").Append(RvpXml.Declarations).Append("><d:set><d:prop>");
        return RvpXml.ToBytes(text.AppendProperty(property.Name, property.InnerXml).Append("</d:prop></d:set></d:propertyupdate>"));
    }

    /// <summary>The view id in a value from the answer to a PROPPATCH; null if there is none.</summary>
    public static int? ViewIdIn(string innerXml)
    {
        const string tag = "<r:view-id>";
        var start = innerXml.LastIndexOf(tag, StringComparison.Ordinal);
        if (start < 0) return null;
        var digits = innerXml.AsSpan(start + tag.Length);
        var end = digits.IndexOf('<');
        return end >= 0 && int.TryParse(digits[..end].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    /// <summary>A leased value for the answer to a PROPPATCH, with the view's id if there is one; the time in whole seconds, rounded down.</summary>
    public static string LeasedInnerXml(string value, string? defaultValue, TimeSpan timeout, int? viewId)
    {
        var text = new StringBuilder("<r:leased-value><r:value>").Append(value).Append("</r:value>");
        if (defaultValue is not null) text.Append("<r:default-value>").Append(defaultValue).Append("</r:default-value>");
        text.Append("<d:timeout>").Append(Seconds.Write(timeout)).Append("</d:timeout></r:leased-value>");
        if (viewId is { } id) text.Append(CultureInfo.InvariantCulture, $"<r:view-id>{id}</r:view-id>");
        return text.ToString();
    }

    private static PropertyEdit ReadRemoval(XElement property) => new(property.Name.ToPropertyName(), true, "", null, ReadViewId(property));

    private static PropertyEdit ReadSet(XElement property)
    {
        var name = property.Name.ToPropertyName();
        var viewId = ReadViewId(property);
        if (property.Element(Rvp + "leased-value") is not { } leased)
        {
            var flat = property.Nodes().Where(node => node is not XElement element || element.Name != Rvp + "view-id");
            return new PropertyEdit(name, false, PropertyValue.Read(name, flat), null, viewId);
        }
        var value = leased.Element(Rvp + "value") is { } given ? PropertyValue.Read(name, given) : "";
        var defaultValue = leased.Element(Rvp + "default-value") is { } after ? PropertyValue.Read(name, after) : null;
        return new PropertyEdit(name, false, value, new LeaseTerms(defaultValue, ReadTimeout(leased)), viewId);
    }

    private static int? ReadViewId(XElement property)
    {
        if (property.Element(Rvp + "view-id") is not { } element) return null;
        return int.TryParse(element.Value.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;
    }

    private static TimeSpan? ReadTimeout(XElement leased)
    {
        if ((leased.Element(Dav + "timeout") ?? leased.Element(Rvp + "timeout")) is not { } element) return null;
        return Seconds.TryParse(element.Value, out var timeout) ? timeout : throw new RvpException("A lease's timeout must be a number of seconds.");
    }
}
