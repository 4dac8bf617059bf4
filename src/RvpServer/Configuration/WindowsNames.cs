namespace RvpServer.Configuration;

/// <summary>Under which names Windows knows the IM domains: in NTLM's challenge, in <c>ADATUM\JoBrown</c>, and in Kerberos names.</summary>
/// <param name="all">What holds for all.</param>
/// <param name="first">The IM domain of the first virtual server.</param>
/// <param name="own">What is different for single IM domains, by their names.</param>
internal sealed class WindowsNames(AuthenticationOptions all, string first, IReadOnlyDictionary<string, DomainAuthenticationOptions> own)
{
    /// <summary>Longest NetBIOS name, in characters.</summary>
    public const int MaxNetBiosLength = 15;

    private readonly string realm = all.KerberosRealm ?? RealmMadeOf(first);

    /// <summary>The NetBIOS domain of an IM domain: the configured one, otherwise the label before the last, <c>im.adatum.com</c> → <c>ADATUM</c>.</summary>
    public string NtlmDomainOf(string domain)
    {
        if ((own.GetValueOrDefault(domain)?.NtlmDomain ?? all.NtlmDomain) is { } configured) return configured;
        var label = domain.Split('.')[^(domain.Contains('.', StringComparison.Ordinal) ? 2 : 1)].ToUpperInvariant();
        return label.Length > MaxNetBiosLength ? label[..MaxNetBiosLength] : label;
    }

    /// <summary>The Kerberos realm of an IM domain's people.</summary>
    public string RealmOf(string domain) => own.GetValueOrDefault(domain)?.KerberosRealm ?? realm;

    // Without the first label: im.adatum.com gives ADATUM.COM.
    private static string RealmMadeOf(string domain) =>
        (domain.Split('.') is [_, _, _, ..] ? domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..] : domain).ToUpperInvariant();
}
