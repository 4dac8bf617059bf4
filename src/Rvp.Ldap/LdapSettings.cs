namespace Rvp.Ldap;

/// <summary>Which servers, and how to sign in to them. Nothing here is checked.</summary>
public sealed record LdapSettings
{
    /// <summary><c>ldap://host[:port]</c> or <c>ldaps://host[:port]</c>, in order of preference. Never empty.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>Whether <c>ldap:</c> connections are encrypted before anything else is said.</summary>
    public bool StartTls { get; init; }

    /// <summary>PEM file with the only authorities that are trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The account to sign in with; null: anonymous.</summary>
    public string? BindDn { get; init; }

    /// <summary>Its password.</summary>
    public string? BindPassword { get; init; }

    /// <summary>How long one server may take for connecting, or for one answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether nobody in between can read along, whichever server is in use.</summary>
    public bool EncryptsAlways => Servers.All(Encrypts);

    /// <summary>The servers only: a log must not show the password.</summary>
    public override string ToString() => string.Join(' ', Servers);

    /// <summary>Whether nobody in between can read what goes to <paramref name="server"/>.</summary>
    internal bool Encrypts(Uri server) => StartTls || IsLdaps(server);

    /// <summary>Whether <paramref name="server"/> speaks TLS from the first byte.</summary>
    internal static bool IsLdaps(Uri server) => server.Scheme.Equals("ldaps", StringComparison.OrdinalIgnoreCase);
}
