using System.Diagnostics.CodeAnalysis;

namespace Rvp.Ldap;

/// <summary>Where a server sends its clients, and for what. [RFC 4516]</summary>
/// <param name="Host">The other server's name or address.</param>
/// <param name="Dn">The entry to ask for there; empty: the same as here.</param>
/// <param name="Scope">What to look through there; null: the same as here.</param>
internal sealed record LdapUrl(string Host, string Dn, LdapScope? Scope)
{
    /// <summary>Null for what is not such a URL, or names no server.</summary>
    [SuppressMessage("Design", "CA1054", Justification = "As a server wrote it.")]
    public static LdapUrl? Read(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ldap" or "ldaps") || uri.Host.Length == 0) return null;
        // ldap://host:port/dn?attributes?scope?filter
        var fields = uri.Query.Split('?');
        LdapScope? scope = fields.ElementAtOrDefault(2) switch
        {
            "base" => LdapScope.BaseObject,
            "sub" => LdapScope.WholeSubtree,
            _ => null,
        };
        return new LdapUrl(uri.Host, Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')), scope);
    }

    /// <summary>The search that is to be made there.</summary>
    public LdapSearch Narrow(LdapSearch search) => search with { BaseDn = Dn.Length > 0 ? Dn : search.BaseDn, Scope = Scope ?? search.Scope };
}
