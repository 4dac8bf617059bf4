using RvpServer.Configuration;

namespace RvpServer.Authentication;

/// <summary>What the authenticator is told, once, at start.</summary>
/// <param name="Schemes">Offered schemes, in the order in which the challenges are written; what is not listed is not accepted either.</param>
/// <param name="NtlmDomain">NetBIOS name of the accounts' domain (<c>ADATUM</c>); empty where there is none.</param>
/// <param name="AllowNtlmV1">Lets in clients that know nothing better; a captured NTLMv1 answer gives the password's hash away within hours.</param>
/// <param name="MailDomains">Domains that people may write behind their name.</param>
internal sealed record AuthenticationSettings(IReadOnlyList<Scheme> Schemes, string NtlmDomain, bool AllowNtlmV1, IReadOnlyList<string> MailDomains)
{
    /// <summary>What stands behind the @ in Kerberos names (<c>ADATUM.COM</c>).</summary>
    public string KerberosRealm { get; init; } = "";
}
