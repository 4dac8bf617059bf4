using RvpServer.Configuration;

namespace RvpServer.Directories.Ldap;

/// <summary>Which directory, and how it names things; validated before it comes here.</summary>
internal sealed record LdapSettings
{
    /// <summary><c>ldap://host[:port]</c> or <c>ldaps://host[:port]</c>, in order of preference. Never empty.</summary>
    public required IReadOnlyList<Uri> Servers { get; init; }

    /// <summary>Whether <c>ldap:</c> connections are encrypted before anything else is said.</summary>
    public bool StartTls { get; init; }

    /// <summary>PEM file with the only authorities that are trusted; null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The account this server signs in with; null: anonymous.</summary>
    public string? BindDn { get; init; }

    /// <summary>Its password, already read from its file.</summary>
    public string? BindPassword { get; init; }

    /// <summary>Where the accounts are, at any depth.</summary>
    public required string BaseDn { get; init; }

    /// <summary>What every account's entry satisfies.</summary>
    public LdapFilter UserFilter { get; init; } = LdapFilter.Parse("(objectClass=person)");

    /// <summary>How long one server may take for connecting, or for one answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Attribute names.</summary>
    public LdapAttributeOptions Attributes { get; init; } = new();

    /// <summary>Whether nobody in between can read what goes to <paramref name="server"/>.</summary>
    public bool Encrypts(Uri server) => StartTls || IsLdaps(server);

    /// <summary>Whether <paramref name="server"/> speaks TLS from the first byte.</summary>
    public static bool IsLdaps(Uri server) => server.Scheme.Equals("ldaps", StringComparison.OrdinalIgnoreCase);

    /// <summary>The servers only: a log must not show the password.</summary>
    public override string ToString() => string.Join(' ', Servers);
}
