namespace Rvp.Ldap;

/// <summary>Which servers, and how to sign in to them. The values are not validated here.</summary>
public sealed record LdapSettings
{
    /// <summary><c>ldap://host[:port]</c> or <c>ldaps://host[:port]</c>, in order of preference. Never empty.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>
    /// Servers that those may refer to, asked as the same account; others are not, since they would learn its password. They have what those lack, while all
    /// of <see cref="Servers"/> have the same.
    /// </summary>
    public IReadOnlyList<Uri> Referrals { get; init; } = [];

    /// <summary>Whether <c>ldap:</c> connections are encrypted with StartTLS first.</summary>
    public bool StartTls { get; init; }

    /// <summary>PEM file with the only trusted authorities; null: those of the system.</summary>
    public string? CaFile { get; init; }

    /// <summary>The account to sign in with; null: anonymous.</summary>
    public string? BindDn { get; init; }

    /// <summary>Its password.</summary>
    public string? BindPassword { get; init; }

    /// <summary>Time-out for connecting, and for each answer, per server.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether connections are encrypted, whichever server is in use.</summary>
    public bool EncryptsAlways => Servers.Concat(Referrals).All(Encrypts);

    /// <summary>Only the servers: a log must not contain the password.</summary>
    public override string ToString() => string.Join(' ', Servers);

    /// <summary>Whether connections to <paramref name="server"/> are encrypted.</summary>
    internal bool Encrypts(Uri server) => StartTls || IsLdaps(server);

    /// <summary>Whether <paramref name="server"/> uses TLS from the first byte.</summary>
    internal static bool IsLdaps(Uri server) => server.Scheme.Equals("ldaps", StringComparison.OrdinalIgnoreCase);
}
