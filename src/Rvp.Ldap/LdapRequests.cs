using System.Formats.Asn1;
using System.Text;

namespace Rvp.Ldap;

/// <summary>How far below the base a search goes.</summary>
public enum LdapScope
{
    /// <summary>Only the base.</summary>
    BaseObject = 0,

    /// <summary>The base and everything below it.</summary>
    WholeSubtree = 2,
}

/// <summary>A search.</summary>
/// <param name="BaseDn">Where the search begins.</param>
/// <param name="Scope">How deep it goes.</param>
/// <param name="Filter">Which entries are wanted.</param>
/// <param name="Attributes">Which attributes are wanted.</param>
/// <param name="SizeLimit">Largest number of entries wanted; the connection enforces it too. With paging: per page.</param>
/// <param name="PageCookie">Null: no paging. Empty: first page. Otherwise the cookie that came with the previous page.</param>
public sealed record LdapSearch(string BaseDn, LdapScope Scope, LdapFilter Filter, IReadOnlyList<string> Attributes, int SizeLimit, byte[]? PageCookie = null);

/// <summary>What a change does to the values of an attribute. [RFC 4511, 4.6]</summary>
public enum LdapChange
{
    /// <summary>Adds values; an error if one is there.</summary>
    Add = 0,

    /// <summary>Takes values away; an error if one is not there.</summary>
    Delete = 1,

    /// <summary>These are all its values afterwards; none removes the attribute, and is no error if there is none.</summary>
    Replace = 2,
}

/// <summary>A change to one attribute of an entry.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Values">The values.</param>
/// <param name="Change">What becomes of them.</param>
public sealed record LdapModification(string Attribute, IReadOnlyList<string> Values, LdapChange Change = LdapChange.Replace);

/// <summary>Encodes requests. [RFC 4511, 4.2 to 4.14]</summary>
internal static class LdapRequests
{
    private const string StartTlsOid = "1.3.6.1.4.1.1466.20037";
    private const string PagedResultsOid = "1.2.840.113556.1.4.319"; // [RFC 2696]

    private enum Aliases
    {
        Never = 0,
    }

    public static byte[] Bind(int id, string dn, string password) => Message(id, 0, w =>
    {
        w.WriteInteger(3);
        Text(w, dn);
        w.WriteOctetString(Encoding.UTF8.GetBytes(password), Context(0));
    });

    public static byte[] Unbind(int id)
    {
        var w = new AsnWriter(AsnEncodingRules.BER);
        using (w.PushSequence())
        {
            w.WriteInteger(id);
            w.WriteNull(new Asn1Tag(TagClass.Application, 2));
        }
        return w.Encode();
    }

    public static byte[] Abandon(int id, int abandoned)
    {
        var w = new AsnWriter(AsnEncodingRules.BER);
        using (w.PushSequence())
        {
            w.WriteInteger(id);
            w.WriteInteger(abandoned, new Asn1Tag(TagClass.Application, 16));
        }
        return w.Encode();
    }

    public static byte[] StartTls(int id) => Message(id, 23, w => w.WriteOctetString(Encoding.UTF8.GetBytes(StartTlsOid), Context(0)));

    public static byte[] Search(int id, LdapSearch search, int timeLimitSeconds) => Message(
        id,
        3,
        w =>
        {
            Text(w, search.BaseDn);
            w.WriteEnumeratedValue(search.Scope);
            w.WriteEnumeratedValue(Aliases.Never);
            w.WriteInteger(search.PageCookie is null ? search.SizeLimit : 0);
            w.WriteInteger(timeLimitSeconds);
            w.WriteBoolean(false);
            w.WriteEncodedValue(search.Filter.Encoded.Span);
            using (w.PushSequence())
            {
                foreach (var attribute in search.Attributes) Text(w, attribute);
            }
        },
        search.PageCookie is { } cookie ? w => PagedResults(w, search.SizeLimit, cookie) : null);

    public static byte[] Modify(int id, string dn, IReadOnlyList<LdapModification> changes) => Message(id, 6, w =>
    {
        Text(w, dn);
        using (w.PushSequence())
        {
            foreach (var change in changes)
            {
                using (w.PushSequence())
                {
                    w.WriteEnumeratedValue(change.Change);
                    using (w.PushSequence())
                    {
                        Text(w, change.Attribute);
                        using (w.PushSetOf())
                        {
                            foreach (var value in change.Values) Text(w, value);
                        }
                    }
                }
            }
        }
    });

    private static byte[] Message(int id, int operation, Action<AsnWriter> content, Action<AsnWriter>? control = null)
    {
        var w = new AsnWriter(AsnEncodingRules.BER);
        using (w.PushSequence())
        {
            w.WriteInteger(id);
            using (w.PushSequence(new Asn1Tag(TagClass.Application, operation))) content(w);
            if (control is not null)
            {
                using (w.PushSequence(Context(0))) control(w);
            }
        }
        return w.Encode();
    }

    private static void PagedResults(AsnWriter w, int pageSize, byte[] cookie)
    {
        var value = new AsnWriter(AsnEncodingRules.BER);
        using (value.PushSequence())
        {
            value.WriteInteger(pageSize);
            value.WriteOctetString(cookie);
        }
        using (w.PushSequence())
        {
            Text(w, PagedResultsOid);
            w.WriteBoolean(true);
            w.WriteOctetString(value.Encode());
        }
    }

    private static void Text(AsnWriter w, string text) => w.WriteOctetString(Encoding.UTF8.GetBytes(text));

    private static Asn1Tag Context(int number) => new(TagClass.ContextSpecific, number);
}
