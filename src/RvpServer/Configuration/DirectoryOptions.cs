using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

internal enum DirectoryProvider
{
    /// <summary>Accounts in the store.</summary>
    Local,

    /// <summary>Accounts in LDAP or Active Directory.</summary>
    Ldap,
}

/// <summary>Where accounts are looked up.</summary>
internal sealed record DirectoryOptions
{
    // Works without anything else installed.
    public DirectoryProvider Provider { get; init; } = DirectoryProvider.Local;

    public LdapOptions Ldap { get; init; } = new();
}

/// <summary>The LDAP directory; counts only where the provider is Ldap.</summary>
internal sealed record LdapOptions
{
    /// <summary><c>ldap://host:port</c> or <c>ldaps://host:port</c>, tried in order.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>TLS on the ldap port.</summary>
    // Hashes and the service's password travel; Active Directory refuses a simple bind without TLS anyway.
    public bool StartTls { get; init; } = true;

    /// <summary>Certificates (PEM) that the servers' certificates must lead to; none: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Who the server is to the directory; none: anonymous.</summary>
    public string? BindDn { get; init; }

    /// <summary>File with that one's password.</summary>
    public string? BindPasswordFile { get; init; }

    /// <summary>Where the search begins.</summary>
    public string BaseDn { get; init; } = "";

    /// <summary>Which entries can be accounts.</summary>
    // True for Active Directory's users and for OpenLDAP's inetOrgPerson alike.
    public string UserFilter { get; init; } = "(objectClass=person)";

    /// <summary>How long an entry is believed.</summary>
    // An administrator's change should show within a coffee's time; a router asks for every request.
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CacheTtl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a name is believed not to exist.</summary>
    // Short: a new account should work at once.
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan NegativeTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one operation may take before the next server is tried.</summary>
    // Clients wait about 30 s for an answer: room for several servers.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public LdapAttributeOptions Attributes { get; init; } = new();
}

/// <summary>Names of attributes. The defaults are Active Directory's with Exchange's schema; null: there is none.</summary>
internal sealed record LdapAttributeOptions
{
    /// <summary>IM addresses, any number of values.</summary>
    public string ImAddress { get; init; } = "msExchIMAddress";

    /// <summary>Logical URL of the account's node.</summary>
    public string LogicalUrl { get; init; } = "msExchIMMetaPhysicalURL";

    /// <summary>Physical URL of the account's node; its host is the home server.</summary>
    public string PhysicalUrl { get; init; } = "msExchIMPhysicalURL";

    /// <summary>Shown name.</summary>
    public string DisplayName { get; init; } = "displayName";

    /// <summary>Mail address.</summary>
    public string Mail { get; init; } = "mail";

    /// <summary>The name used to sign in to Windows.</summary>
    public string AccountName { get; init; } = "sAMAccountName";

    // Samba's schema for OpenLDAP; Active Directory gives its hashes to nobody.
    /// <summary>32 hexadecimal digits: the NT hash; null: not in this directory.</summary>
    public string? NtHash { get; init; } = "sambaNTPassword";

    // None: a readable password in a directory is the exception.
    /// <summary>The password in clear text; null: not in this directory.</summary>
    public string? Password { get; init; }
}
