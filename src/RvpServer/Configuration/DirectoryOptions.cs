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
    // Works without installing anything else.
    public DirectoryProvider Provider { get; init; } = DirectoryProvider.Local;

    /// <summary>How long what belongs to an account is kept after the directory has ceased to know it.</summary>
    // An entry that was moved away or hidden by mistake is back within a week.
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan KeepMissing { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Whether people may search those of their own domain, by name, address and department.</summary>
    // Who works together may know each other; a provider of public accounts switches it off.
    public bool PeopleSearch { get; init; } = true;

    public LdapOptions Ldap { get; init; } = new();
}

/// <summary>The LDAP directory; used only if the provider is Ldap.</summary>
internal sealed record LdapOptions
{
    /// <summary><c>ldap://host:port</c> or <c>ldaps://host:port</c>, tried in order.</summary>
    public IReadOnlyList<string> Servers { get; init; } = [];

    /// <summary>Servers of other parts of the directory, asked with the same account for what the others refer to them; others never are.</summary>
    // Who can write a referral could have the account's password sent anywhere.
    public IReadOnlyList<string> Referrals { get; init; } = [];

    /// <summary>TLS on the ldap port.</summary>
    // Hashes and the service's password are sent; Active Directory refuses a simple bind without TLS anyway.
    public bool StartTls { get; init; } = true;

    /// <summary>Trusted certificate authorities (PEM) for the servers' certificates; none: the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The account that the server signs in with; none: anonymous.</summary>
    public string? BindDn { get; init; }

    /// <summary>File with the password of that account.</summary>
    public string? BindPasswordFile { get; init; }

    /// <summary>Where the search begins.</summary>
    public string BaseDn { get; init; } = "";

    /// <summary>Which entries can be accounts.</summary>
    // Matches Active Directory's users and OpenLDAP's inetOrgPerson.
    public string UserFilter { get; init; } = "(objectClass=person)";

    /// <summary>How long an entry is cached.</summary>
    // An administrator's change should be visible after some minutes; a router asks for every request.
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan CacheTtl { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it is cached that a name does not exist.</summary>
    // Short: a new account should work immediately.
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan NegativeTtl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one operation may take before the next server is tried.</summary>
    // Clients wait about 30 s for an answer: enough time for several servers.
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    public LdapAttributeOptions Attributes { get; init; } = new();
}

/// <summary>Names of attributes. The defaults are those of Active Directory with Exchange's schema; null: no such attribute.</summary>
internal sealed record LdapAttributeOptions
{
    /// <summary>IM addresses, any number of values.</summary>
    public string ImAddress { get; init; } = "msExchIMAddress";

    /// <summary>Logical URL of the account's node.</summary>
    public string LogicalUrl { get; init; } = "msExchIMMetaPhysicalURL";

    /// <summary>Physical URL of the account's node; its host is the home server.</summary>
    public string PhysicalUrl { get; init; } = "msExchIMPhysicalURL";

    /// <summary>Display name.</summary>
    public string DisplayName { get; init; } = "displayName";

    /// <summary>Where somebody works, shown to who searches; null: not in this directory.</summary>
    public string? Department { get; init; } = "department";

    /// <summary>A picture of somebody, JPEG or PNG, shown by the web client; null: not in this directory. OpenLDAP's people have <c>jpegPhoto</c>.</summary>
    public string? Picture { get; init; } = "thumbnailPhoto";

    /// <summary>Mail address.</summary>
    public string Mail { get; init; } = "mail";

    /// <summary>The name used to sign in to Windows.</summary>
    public string AccountName { get; init; } = "sAMAccountName";

    // Active Directory's, then OpenLDAP's [RFC 4530]; the first that an entry has.
    /// <summary>What identifies an entry whatever its name, and never another one; none: accounts are told apart by their names.</summary>
    public IReadOnlyList<string> Id { get; init; } = ["objectGUID", "entryUUID"];

    /// <summary>When the password was changed: a new value ends sign-ins. OpenLDAP's policy overlay has pwdChangedTime; null: not in this directory.</summary>
    public string? PasswordChanged { get; init; } = "pwdLastSet";

    /// <summary>Flags of an account, of which 2 means that it is disabled; null: not in this directory.</summary>
    public string? AccountControl { get; init; } = "userAccountControl";

    /// <summary>When an account ends, in Active Directory's 100 nanoseconds since 1601; null: not in this directory.</summary>
    public string? AccountExpires { get; init; } = "accountExpires";

    // Samba's schema for OpenLDAP; Active Directory never returns its hashes.
    /// <summary>32 hexadecimal digits: the NT hash; null: not in this directory.</summary>
    public string? NtHash { get; init; } = "sambaNTPassword";

    // None: it takes an attribute of its own, with access for the servers' accounts alone, and a key that all servers have. See deploy/ldap.
    /// <summary>
    /// Encrypted secrets of passwords that <c>user passwd</c> sets, for all home servers; needs OrganisationKeyFile. Null: each home server keeps its own.
    /// </summary>
    public string? Secrets { get; init; }

    // None: readable passwords in a directory are rare.
    /// <summary>The password in clear text; null: not in this directory.</summary>
    public string? Password { get; init; }
}
