using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>Properties that share one status in a 207.</summary>
/// <param name="Status">For example 200 or 404.</param>
/// <param name="Reason">The reason phrase, for example <c>Successful</c>.</param>
/// <param name="Properties">The properties; if they were not found, only the names count.</param>
public sealed record PropStat(int Status, string Reason, IReadOnlyList<Property> Properties);

/// <summary>The d:multistatus document of every 207. [spec]</summary>
public static class MultiStatusXml
{
    private static readonly XNamespace Dav = RvpXml.Dav;

    /// <summary>Writes the one response of a 207; a <see cref="PropStat"/> without properties is left out.</summary>
    /// <param name="href">The node in the caller's own spelling: clients compare it byte by byte. [client]</param>
    /// <param name="propStats">In the order of writing.</param>
    public static byte[] Write(string href, IReadOnlyList<PropStat> propStats)
    {
        var text = new StringBuilder(RvpXml.Prolog, 1024);
        text.Append("<d:multistatus ").Append(RvpXml.Declarations).Append("><d:response><d:href>").Append(RvpXml.Escape(href)).Append("</d:href>");
        foreach (var propStat in propStats)
        {
            if (propStat.Properties.Count == 0) continue;
            text.Append("<d:propstat><d:prop>");
            foreach (var property in propStat.Properties) text.AppendProperty(property.Name, property.InnerXml);
            text.Append(CultureInfo.InvariantCulture,
                $"</d:prop><d:status>HTTP/1.1 {propStat.Status} {RvpXml.Escape(propStat.Reason)}</d:status></d:propstat>");
        }
        return RvpXml.ToBytes(text.Append("</d:response></d:multistatus>"));
    }

    /// <summary>Reads a 207, with any number of responses.</summary>
    public static IReadOnlyList<(string Href, IReadOnlyList<PropStat> PropStats)> Read(ReadOnlyMemory<byte> body)
    {
        var root = RvpXml.ReadDocument(body);
        if (root.Name != Dav + "multistatus") throw new RvpException("The root of a 207 must be d:multistatus.");
        return [.. root.Elements(Dav + "response").Select(ReadResponse)];
    }

    private static (string Href, IReadOnlyList<PropStat> PropStats) ReadResponse(XElement response)
    {
        var href = response.Element(Dav + "href") ?? throw new RvpException("d:response must hold d:href.");
        return (href.Value, [.. response.Elements(Dav + "propstat").Select(ReadPropStat)]);
    }

    private static PropStat ReadPropStat(XElement propStat)
    {
        var (status, reason) = ReadStatus(propStat.Element(Dav + "status")?.Value ?? "");
        return new PropStat(status, reason, propStat.Element(Dav + "prop") is { } prop ? PropertyValue.ReadAll(prop) : []);
    }

    // HTTP/1.1 200 Successful; the reason phrase may be missing.
    private static (int Status, string Reason) ReadStatus(string line)
    {
        var parts = line.TrimStart().Split(' ', 3);
        if (parts.Length < 2 || !parts[0].StartsWith("HTTP/", StringComparison.Ordinal)
            || !int.TryParse(parts[1].AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            || status is < 100 or > 999) throw new RvpException("d:status must be a status line.");
        return (status, parts.Length == 3 ? parts[2] : "");
    }
}
