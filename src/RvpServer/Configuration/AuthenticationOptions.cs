namespace RvpServer.Configuration;

internal enum Scheme
{
    Digest,
    Ntlm,

    /// <summary>Kerberos, and NTLM within it.</summary>
    Negotiate,
}

/// <summary>How callers prove who they are.</summary>
internal sealed record AuthenticationOptions
{
    /// <summary>Offered in this order.</summary>
    // Every known client manages this pair in this order, and not the reverse. [client]
    public IReadOnlyList<Scheme> Schemes { get; init; } = [Scheme.Digest, Scheme.Ntlm];

    /// <summary>NetBIOS domain in NTLM's challenge and in <c>ADATUM\JoBrown</c>; null: made of the first virtual server's domain.</summary>
    // im.adatum.com gives ADATUM: right for most, so that a small site need not know the word NetBIOS.
    public string? NtlmDomain { get; init; }

    /// <summary>Accept NTLMv1, which some old clients cannot do without.</summary>
    // Off: its DES can be broken by anyone who listens.
    public bool AllowNtlmV1 { get; init; }

    /// <summary>Offer SHA-256 digests (RFC 7616) behind MD5.</summary>
    // Off: an old client gives up at a second Digest challenge. [client]
    public bool DigestSha256 { get; init; }

    /// <summary>Kerberos key table for Negotiate; null: the system's (KRB5_KTNAME or /etc/krb5.keytab).</summary>
    public string? KeytabFile { get; init; }
}
