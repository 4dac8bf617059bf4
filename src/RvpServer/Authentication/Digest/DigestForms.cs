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
    /// password is set again.
    /// </summary>
    public static IReadOnlyDictionary<string, byte[]> For(
        Account account, string realm, string password, string? ntlmDomain, IEnumerable<string> mailDomains)
    {
        var forms = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var domains = mailDomains.Append(realm).Concat(account.Addresses.Select(a => a[(a.LastIndexOf('@') + 1)..])).ToList();
        var names = account.Addresses.Where(a => a.LastIndexOf('@') > 0).Select(a => a[..a.LastIndexOf('@')]).Prepend(account.Name);
        foreach (var form in names.SelectMany(name => Spellings(name, ntlmDomain, domains)))
            if (!forms.ContainsKey(form)) forms.Add(form, DigestProof.Ha1(form, realm, password));
        return forms;
    }

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
