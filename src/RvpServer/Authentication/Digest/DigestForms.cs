using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Authentication.Digest;

/// <summary>
/// The forms in which people and clients write an account's user name. HA1 is made from the name as typed, so one is stored per form; Active Directory stores
/// 29 for the same reason.
/// </summary>
internal static class DigestForms
{
    /// <summary>
    /// Form → HA1, stored when a password is set. <paramref name="mailDomains"/> are the domains that people may write after the name; the realm, which is the
    /// IM domain, and the domains of the account's own addresses need not be among them. An address that is added later works as a user name only after the
    /// password is set again. The first is the account's own name.
    /// </summary>
    public static IReadOnlyDictionary<string, byte[]> For(
        Account account, string realm, string password, string? ntlmDomain, IEnumerable<string> mailDomains)
    {
        var forms = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var domains = mailDomains.Append(realm).Concat(account.Addresses.Select(a => a[(a.LastIndexOf('@') + 1)..]))
            .SelectMany(domain => new[] { domain, DomainName.ToUnicode(domain) }).Distinct().ToList();
        var names = account.Addresses.Where(a => a.LastIndexOf('@') > 0).Select(a => a[..a.LastIndexOf('@')]).Prepend(account.Name);
        if (account.SignInName.Length > 0) names = names.Append(account.SignInName);
        foreach (var form in names.SelectMany(name => Spellings(name, ntlmDomain, domains)))
        {
            if (!forms.TryAdd(form, DigestProof.Ha1(form, realm, password))) continue;
            if (DigestProof.Latin1Ha1(form, realm, password) is { } other) forms.Add(InLatin1(form), other);
        }
        return forms;
    }

    /// <summary>
    /// The form under which the HA1 of the same user name and password in ISO-8859-1 is found: no user name ends in a line feed. What charset a client hashes
    /// does not show in its request. [RFC 2617 says nothing, RFC 7616, 4]
    /// </summary>
    public static string InLatin1(string form) => form + "\n";

    private static IEnumerable<string> Spellings(string registered, string? ntlmDomain, List<string> domains)
    {
        foreach (var name in Cases(registered))
        {
            yield return name;
            yield return "/" + name; // An empty domain with its slash. [client]
            foreach (var domain in string.IsNullOrEmpty(ntlmDomain) ? [] : Cases(ntlmDomain))
            {
                yield return domain + "\\" + name;
                yield return domain + "\\\\" + name; // Some clients escape it for the header and hash the escaped form.
                yield return domain + "/" + name;
            }
            foreach (var domain in domains.SelectMany(Cases)) yield return name + "@" + domain;
        }
    }

    private static IEnumerable<string> Cases(string text) => [text, text.ToLowerInvariant(), text.ToUpperInvariant()];
}
