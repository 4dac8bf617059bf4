using System.Formats.Asn1;
using System.Text;

namespace Rvp.Ldap;

/// <summary>A search filter in BER. Values are encoded as they are: this form has no escapes that a hostile name could exploit.</summary>
public sealed class LdapFilter
{
    private LdapFilter(byte[] encoded) => Encoded = encoded;

    /// <summary>The filter in BER. [RFC 4511, 4.5.1.7]</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Reads the text form. [RFC 4515] Throws <see cref="FormatException"/> with a reason for the administrator.</summary>
    public static LdapFilter Parse(string text) => new LdapFilterParser(text).Parse();

    /// <summary>True if all parts are.</summary>
    public static LdapFilter And(params IEnumerable<LdapFilter> parts) => Set(0, parts);

    /// <summary>True if at least one part is.</summary>
    public static LdapFilter Or(params IEnumerable<LdapFilter> parts) => Set(1, parts);

    /// <summary>True if the part is not.</summary>
    public static LdapFilter Not(LdapFilter part) => Set(2, [part]);

    /// <summary>The attribute has this value.</summary>
    public static LdapFilter Equal(string attribute, string value) => Compare(3, attribute, Encoding.UTF8.GetBytes(value));

    /// <summary>The text is part of a value of the attribute.</summary>
    public static LdapFilter Contains(string attribute, string text) => Substrings(attribute, [[], Encoding.UTF8.GetBytes(text), []]);

    /// <summary>The attribute matches the value by a rule of its own, such as Active Directory's for groups in groups.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="rule">The rule's OID.</param>
    /// <param name="value">The value.</param>
    public static LdapFilter Matching(string attribute, string rule, string value) => Extensible(attribute, rule, false, Encoding.UTF8.GetBytes(value));

    /// <summary>The attribute has a value.</summary>
    public static LdapFilter Present(string attribute)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute), Tag(7));
        return new LdapFilter(writer.Encode());
    }

    /// <summary>A comparison by choice number: 3 equal, 5 greater or equal, 6 less or equal, 8 approximately.</summary>
    internal static LdapFilter Compare(int choice, string attribute, ReadOnlySpan<byte> value)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence(Tag(choice)))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute));
            writer.WriteOctetString(value);
        }
        return new LdapFilter(writer.Encode());
    }

    /// <summary>A pattern: the first part is the beginning of the value and the last its end; these two may be empty, the others may not.</summary>
    internal static LdapFilter Substrings(string attribute, IReadOnlyList<byte[]> parts)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence(Tag(4)))
        {
            writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute));
            using (writer.PushSequence())
            {
                for (var i = 0; i < parts.Count; i++)
                    if (parts[i].Length > 0) writer.WriteOctetString(parts[i], Tag(i == 0 ? 0 : i == parts.Count - 1 ? 2 : 1));
            }
        }
        return new LdapFilter(writer.Encode());
    }

    /// <summary>An extensible match, such as Active Directory's bit test on userAccountControl.</summary>
    internal static LdapFilter Extensible(string? attribute, string? rule, bool withDn, ReadOnlySpan<byte> value)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence(Tag(9)))
        {
            if (rule is not null) writer.WriteOctetString(Encoding.UTF8.GetBytes(rule), Tag(1));
            if (attribute is not null) writer.WriteOctetString(Encoding.UTF8.GetBytes(attribute), Tag(2));
            writer.WriteOctetString(value, Tag(3));
            if (withDn) writer.WriteBoolean(true, Tag(4));
        }
        return new LdapFilter(writer.Encode());
    }

    private static LdapFilter Set(int choice, IEnumerable<LdapFilter> parts)
    {
        var writer = new AsnWriter(AsnEncodingRules.BER);
        using (writer.PushSequence(Tag(choice)))
        {
            foreach (var part in parts) writer.WriteEncodedValue(part.Encoded.Span);
        }
        return new LdapFilter(writer.Encode());
    }

    private static Asn1Tag Tag(int number) => new(TagClass.ContextSpecific, number);
}
