using System.ComponentModel.DataAnnotations;

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

/// <summary>How callers prove their identity.</summary>
internal sealed record AuthenticationOptions
{
    /// <summary>Characters of the shortest password that is accepted when one is set.</summary>
    // NIST SP 800-63B, 5.1.1.2: at least 8, and none of the commonest.
    [Range(1, 64)]
    public int MinPasswordLength { get; init; } = 8;

    /// <summary>How many passwords of an account must differ, the one in use among them; 0: any may come back. For the local directory.</summary>
    // Off: people who must find new ones write them down. [NIST SP 800-63B, 5.1.1.2]
    [Range(0, 100)]
    public int PasswordHistory { get; init; }

    public GuessOptions Guesses { get; init; } = new();

    /// <summary>Offered in this order.</summary>
    // Every known client handles this pair in this order, but not in the other. [client]
    public IReadOnlyList<Scheme> Schemes { get; init; } = [Scheme.Digest, Scheme.Ntlm];

    /// <summary>NetBIOS domain in NTLM's challenge and in <c>ADATUM\JoBrown</c>; null: made from the IM domain that is asked.</summary>
    // im.adatum.com gives ADATUM: right for most, so that a small site need not know what NetBIOS is.
    public string? NtlmDomain { get; init; }

    /// <summary>Accept NTLMv1, which some old clients need.</summary>
    // Off: anyone who listens can break its DES.
    public bool AllowNtlmV1 { get; init; }

    /// <summary>Samba's <c>ntlm_auth</c> with its arguments, which asks the domain controller to check NTLM proofs; null: none.</summary>
    // None: it requires a machine that was joined to the domain.
    public string? NtlmAuthHelper { get; init; }

    /// <summary>The realm of Kerberos names; null: the first virtual server's domain without its first label.</summary>
    // im.adatum.com gives ADATUM.COM, in the same way as ADATUM for NtlmDomain.
    public string? KerberosRealm { get; init; }

    /// <summary>Kerberos key table for Negotiate; null: the system's (KRB5_KTNAME or /etc/krb5.keytab).</summary>
    public string? KeytabFile { get; init; }
}
