using System.Text;
using System.Xml.Linq;

namespace Rvp.Protocol.Xml;

/// <summary>The form of a PROPFIND.</summary>
public enum PropFindKind
{
    /// <summary>d:prop: the named properties.</summary>
    Named,

    /// <summary>d:allprop: all, with their values.</summary>
    All,

    /// <summary>d:propname: all, names only.</summary>
    NamesOnly,
}

/// <summary>What a PROPFIND asks for.</summary>
/// <param name="Kind">The form.</param>
/// <param name="Names">The named properties, each once, in the caller's order; empty unless <see cref="PropFindKind.Named"/>.</param>
public sealed record PropFindQuery(PropFindKind Kind, IReadOnlyList<PropertyName> Names);

/// <summary>The d:propfind document. [spec, PROPFIND]</summary>
public static class PropFindXml
{
    private const int MaxNames = 256;

    private static readonly XNamespace Dav = RvpXml.Dav;

    /// <summary>Reads the body of a PROPFIND; an empty one asks for all. [RFC 4918, 9.1]</summary>
    public static PropFindQuery Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return new PropFindQuery(PropFindKind.All, []);
        var root = RvpXml.ReadDocument(body);
        if (root.Name != Dav + "propfind") throw new RvpException("The root of a PROPFIND must be d:propfind.");
        var questions = root.Elements().Where(IsQuestion).ToList();
        if (questions.Count != 1) throw new RvpException("d:propfind must hold exactly one of d:prop, d:allprop and d:propname.");
        return questions[0].Name.LocalName switch
        {
            "allprop" => new PropFindQuery(PropFindKind.All, []),
            "propname" => new PropFindQuery(PropFindKind.NamesOnly, []),
            _ => new PropFindQuery(PropFindKind.Named, NamesIn(questions[0])),
        };
    }

    /// <summary>Writes a PROPFIND for these properties.</summary>
    public static byte[] Write(IReadOnlyList<PropertyName> names)
    {
        var text = new StringBuilder(RvpXml.Prolog, 512).Append("<d:propfind ").Append(RvpXml.Declarations).Append("><d:prop>");
        foreach (var name in names) text.AppendProperty(name, "");
        return RvpXml.ToBytes(text.Append("</d:prop></d:propfind>"));
    }

    private static bool IsQuestion(XElement element) => element.Name == Dav + "prop" || element.Name == Dav + "allprop" || element.Name == Dav + "propname";

    private static List<PropertyName> NamesIn(XElement prop)
    {
        var names = prop.Elements().Select(property => property.Name.ToPropertyName()).Distinct().Take(MaxNames + 1).ToList();
        return names.Count <= MaxNames ? names : throw new RvpException($"d:prop names more than {MaxNames} properties.");
    }
}
