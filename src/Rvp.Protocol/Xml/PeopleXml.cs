using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>Whom somebody looks for. (Decision)</summary>
/// <param name="Match">Part of a name or an address.</param>
/// <param name="Limit">How many at most.</param>
public sealed record PeopleSearch(string Match, int Limit);

/// <summary>Somebody who was found.</summary>
/// <param name="Url">Logical URL.</param>
/// <param name="Name">Display name.</param>
/// <param name="Address">IM address.</param>
/// <param name="Department">Where they work; null where the directory does not say.</param>
public sealed record FoundPerson(string Url, string Name, string Address, string? Department);

/// <summary>The documents of a REPORT that searches the people of one's own domain, in a namespace of our own. [white paper, scenario 2] (Decision)</summary>
public static class PeopleXml
{
    /// <summary>The namespace.</summary>
    public const string Namespace = "urn:rvpserver:people";

    private const int MaxLimit = 50;
    private const int DefaultLimit = 20;
    private const int MinMatch = 2;
    private const int MaxMatch = 100;

    private static readonly XNamespace Own = Namespace;

    /// <summary>True for a search.</summary>
    public static bool IsSearch(XElement root) => root.Name == Own + "people-query";

    /// <summary>Reads p:people-query.</summary>
    public static PeopleSearch ReadSearch(XElement root)
    {
        var match = root.Element(Own + "match")?.Value.Trim() ?? "";
        if (match.Length is < MinMatch or > MaxMatch) throw new RvpException($"p:match must have {MinMatch} to {MaxMatch} characters.");
        var text = root.Element(Own + "limit")?.Value.Trim();
        if (string.IsNullOrEmpty(text)) return new PeopleSearch(match, DefaultLimit);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? new PeopleSearch(match, limit) : throw new RvpException($"p:limit must be from 1 to {MaxLimit}.");
    }

    /// <summary>Writes the answer.</summary>
    public static byte[] Write(IReadOnlyList<FoundPerson> people, bool hasMore)
    {
        var text = new StringBuilder(RvpXml.Prolog, 256 + 320 * people.Count).Append("<p:people xmlns:p='").Append(Namespace).Append("' xmlns:d='DAV:'>");
        foreach (var person in people)
        {
            text.Append("<p:person><d:href>").Append(RvpXml.Escape(person.Url)).Append("</d:href><d:displayname>").Append(RvpXml.Escape(person.Name))
                .Append("</d:displayname><p:address>").Append(RvpXml.Escape(person.Address)).Append("</p:address>");
            if (person.Department is { } department) text.Append("<p:department>").Append(RvpXml.Escape(department)).Append("</p:department>");
            text.Append("</p:person>");
        }
        if (hasMore) text.Append("<p:more/>");
        return RvpXml.ToBytes(text.Append("</p:people>"));
    }
}
