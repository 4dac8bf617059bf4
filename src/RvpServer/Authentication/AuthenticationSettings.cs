using RvpServer.Configuration;

namespace RvpServer.Authentication;

/// <summary>The authenticator's settings.</summary>
/// <param name="Schemes">Offered schemes, in the order of the challenges; others are not accepted.</param>
/// <param name="NtlmDomain">NetBIOS name of the accounts' domain (<c>ADATUM</c>); empty if there is none.</param>
/// <param name="AllowNtlmV1">Accepts clients that support nothing better; a captured NTLMv1 response reveals the password's hash within hours.</param>
/// <param name="MailDomains">Domains that people may write after their name.</param>
internal sealed record AuthenticationSettings(IReadOnlyList<Scheme> Schemes, string NtlmDomain, bool AllowNtlmV1, IReadOnlyList<string> MailDomains)
{
    /// <summary>The realm after the @ in Kerberos names (<c>ADATUM.COM</c>).</summary>
    public string KerberosRealm { get; init; } = "";
}
