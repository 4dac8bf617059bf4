using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;

namespace Rvp.Ldap;

/// <summary>An entry found by a search.</summary>
/// <param name="Dn">Its distinguished name.</param>
/// <param name="Attributes">Values by attribute name, compared without case.</param>
public sealed record LdapEntry(string Dn, IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Attributes)
{
    private static readonly UTF8Encoding Strict = new(false, true);

    /// <summary>An attribute's values that are text; empty if the attribute is missing or may not be read.</summary>
    public IEnumerable<string> Texts(string attribute)
    {
        if (!Attributes.TryGetValue(attribute, out var values)) yield break;
        foreach (var value in values)
            if (TryDecode(value, out var text)) yield return text;
    }

    /// <summary>The first non-empty text value.</summary>
    public string? Text(string attribute) => Texts(attribute).FirstOrDefault(text => text.Length > 0);

    /// <summary>The first value as it is; null if the attribute is missing or may not be read.</summary>
    public byte[]? Bytes(string attribute) => Attributes.TryGetValue(attribute, out var values) && values.Count > 0 ? values[0] : null;

    private static bool TryDecode(byte[] value, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = Strict.GetString(value);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = null;
            return false;
        }
    }
}

/// <summary>One message from the server.</summary>
/// <param name="Id">The request that it answers; 0: the server's own notice that it is closing.</param>
/// <param name="Entry">An entry of a search; null otherwise.</param>
/// <param name="Result">The last answer to the request; null otherwise. Neither entry nor result: a reference, or something to ignore.</param>
internal sealed record LdapAnswer(int Id, LdapEntry? Entry, LdapResult? Result)
{
    /// <summary>Of a search: servers of which any one has further entries. Empty in all other messages.</summary>
    public IReadOnlyList<string> Reference { get; private init; } = [];

    private const int SearchEntry = 4;
    private const int SearchReference = 19;
    private const int Intermediate = 25;
    private const string PagedResultsOid = "1.2.840.113556.1.4.319";

    /// <summary>Reads a message. Throws <see cref="AsnContentException"/> when it is not one.</summary>
    public static LdapAnswer Read(ReadOnlyMemory<byte> message)
    {
        var body = new AsnReader(message, AsnEncodingRules.BER).ReadSequence();
        if (!body.TryReadInt32(out var id) || id < 0) throw new AsnContentException("A message id is out of range.");
        var tag = body.PeekTag();
        if (tag.TagClass != TagClass.Application) throw new AsnContentException("Not an LDAP operation.");
        switch (tag.TagValue)
        {
            case SearchReference:
                return new LdapAnswer(id, null, null) { Reference = ReadUrls(body.ReadSequence(tag)) };
            case Intermediate:
                return new LdapAnswer(id, null, null);
            case SearchEntry:
                return new LdapAnswer(id, ReadEntry(body.ReadSequence(tag)), null);
            default:
                var result = ReadResult(body.ReadSequence(tag));
                return new LdapAnswer(id, null, result with { PageCookie = ReadPageCookie(body) });
        }
    }

    private static LdapEntry ReadEntry(AsnReader content)
    {
        var dn = Encoding.UTF8.GetString(content.ReadOctetString());
        var attributes = new Dictionary<string, IReadOnlyList<byte[]>>(StringComparer.OrdinalIgnoreCase);
        var list = content.ReadSequence();
        while (list.HasData)
        {
            var item = list.ReadSequence();
            var name = Encoding.UTF8.GetString(item.ReadOctetString());
            var set = item.ReadSetOf(skipSortOrderValidation: true);
            var values = new List<byte[]>(1);
            while (set.HasData) values.Add(set.ReadOctetString());
            attributes[name] = values;
        }
        return new LdapEntry(dn, attributes);
    }

    private static LdapResult ReadResult(AsnReader content)
    {
        var code = 0;
        var bytes = content.ReadEnumeratedBytes();
        if (bytes.Length > 3) throw new AsnContentException("A result code is out of range.");
        foreach (var b in bytes.Span) code = (code << 8) | b;
        content.ReadOctetString(); // The part of the name that was found: not needed.
        // Active Directory ends its texts with a NUL.
        var text = Encoding.UTF8.GetString(content.ReadOctetString()).TrimEnd('\0', '\n', ' ');
        var referral = new Asn1Tag(TagClass.ContextSpecific, 3, true);
        IReadOnlyList<string> urls = [];
        if (content.HasData && content.PeekTag() == referral) urls = ReadUrls(content.ReadSequence(referral));
        return new LdapResult((LdapResultCode)code, text) { Referrals = urls };
    }

    private static List<string> ReadUrls(AsnReader list)
    {
        var urls = new List<string>(1);
        while (list.HasData) urls.Add(Encoding.UTF8.GetString(list.ReadOctetString()));
        return urls;
    }

    private static byte[]? ReadPageCookie(AsnReader body)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0, true);
        if (!body.HasData || body.PeekTag() != tag) return null;
        var controls = body.ReadSequence(tag);
        while (controls.HasData)
        {
            var control = controls.ReadSequence();
            if (Encoding.UTF8.GetString(control.ReadOctetString()) != PagedResultsOid) continue;
            if (control.HasData && control.PeekTag() == Asn1Tag.Boolean) control.ReadBoolean();
            var value = new AsnReader(control.ReadOctetString(), AsnEncodingRules.BER).ReadSequence();
            value.ReadIntegerBytes();
            return value.ReadOctetString();
        }
        return null;
    }
}
