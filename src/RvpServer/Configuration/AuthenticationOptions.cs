namespace RvpServer.Configuration;

internal enum Scheme
{
    Digest,
    Ntlm,

    /// <summary>Kerberos, and NTLM within it.</summary>
    Negotiate,

    /// <summary>The password itself, over TLS only.</summary>
    Basic,
}

/// <summary>How callers prove who they are.</summary>
internal sealed record AuthenticationOptions
{
    /// <summary>NetBIOS names have at most 15 characters. [MS-NLMP reads them as one word]</summary>
    public const int MaxNetBiosLength = 15;

    /// <summary>Offered in this order.</summary>
    // Every known client manages this pair in this order, and not the reverse. [client]
    public IReadOnlyList<Scheme> Schemes { get; init; } = [Scheme.Digest, Scheme.Ntlm];

    /// <summary>NetBIOS domain in NTLM's challenge and in <c>ADATUM\JoBrown</c>; null: made of the first virtual server's domain.</summary>
    // im.adatum.com gives ADATUM: right for most, so that a small site need not know the word NetBIOS.
    public string? NtlmDomain { get; init; }

    /// <summary>Accept NTLMv1, which some old clients cannot do without.</summary>
    // Off: its DES can be broken by anyone who listens.
    public bool AllowNtlmV1 { get; init; }

    /// <summary>Samba's <c>ntlm_auth</c> with its arguments, which has the domain controller judge NTLM proofs; null: there is none.</summary>
    // None: it takes a machine that was joined to the domain.
    public string? NtlmAuthHelper { get; init; }

    /// <summary>The realm that Kerberos names must be of; null: what is left of the first virtual server's domain without its first label.</summary>
    // im.adatum.com gives ADATUM.COM, as NtlmDomain becomes ADATUM.
    public string? KerberosRealm { get; init; }

    /// <summary>Kerberos key table for Negotiate; null: the system's (KRB5_KTNAME or /etc/krb5.keytab).</summary>
    public string? KeytabFile { get; init; }
}
