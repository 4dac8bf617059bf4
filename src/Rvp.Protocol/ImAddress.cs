using System.Diagnostics.CodeAnalysis;

namespace Rvp.Protocol;

/// <summary>An IM address, <c>JoBrown@adatum.com</c>: what people type. Compared without case. [white paper]</summary>
public sealed record ImAddress : IParsable<ImAddress>
{
    private const int MaxNameLength = 64;

    private ImAddress(string name, string domain)
    {
        Name = name;
        Domain = domain;
    }

    /// <summary>The part before the @, in the original case.</summary>
    public string Name { get; }

    /// <summary>The mail domain, in ASCII and lower case.</summary>
    public string Domain { get; }

    /// <summary>As people read it: <see cref="ToString"/> with a domain that is not ASCII in its own letters.</summary>
    public string Shown => Name + "@" + DomainName.ToUnicode(Domain);

    /// <summary>
    /// True if the domain is a server's name itself and no mail domain, as its first label says: then its own address leads to the server, even where DNS does
    /// not answer for its record. A mail domain's own address is usually a web server's. [white paper]
    /// </summary>
    public bool IsAtImHost => Domain.StartsWith("im.", StringComparison.Ordinal);

    /// <summary>An address that must be one; throws <see cref="FormatException"/>.</summary>
    public static ImAddress Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, out var address) ? address : throw new FormatException($"\"{s}\" is no IM address: it looks like JoBrown@adatum.com.");

    /// <inheritdoc/>
    static bool IParsable<ImAddress>.TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ImAddress result) =>
        TryParse(s, out result);

    /// <summary>Parses <c>name@domain</c>; a name has 1 to 64 characters and no white space, slash, quote, colon, angle bracket or control character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImAddress? address)
    {
        address = null;
        if (text is null) return false;
        text = text.Trim();
        var at = text.LastIndexOf('@');
        if (at is < 1 or > MaxNameLength || at == text.Length - 1 || text.Length - at > 254) return false;
        var name = text[..at];
        foreach (var c in name)
            if (char.IsWhiteSpace(c) || char.IsControl(c) || c is '/' or '\\' or '"' or '<' or '>' or ':' or '@' or '?' or '#' or '&' or ',' or ';')
            {
                return false;
            }
        if (!DomainName.TryToAscii(text[(at + 1)..], out var domain)) return false;
        domain = domain.ToLowerInvariant();
        foreach (var c in domain)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_')) return false;
        address = new ImAddress(name, domain);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(ImAddress? other) =>
        other is not null && Domain == other.Domain && Name.Equals(other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Domain, Name.GetHashCode(StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public override string ToString() => Name + "@" + Domain;
}
