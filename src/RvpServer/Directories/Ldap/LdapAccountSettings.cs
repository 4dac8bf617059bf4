using Rvp.Ldap;
using RvpServer.Configuration;

namespace RvpServer.Directories.Ldap;

/// <summary>Where a directory has accounts, and its names for things; already validated.</summary>
internal sealed record LdapAccountSettings
{
    /// <summary>Its servers.</summary>
    public required LdapSettings Connection { get; init; }

    /// <summary>Where the accounts are, at any depth.</summary>
    public required string BaseDn { get; init; }

    /// <summary>The filter that every account's entry matches.</summary>
    public LdapFilter UserFilter { get; init; } = LdapFilter.Parse("(objectClass=person)");

    /// <summary>Reads and writes the attribute <see cref="LdapAttributeOptions.Secrets"/>; null: passwords that are set here stay on this machine.</summary>
    public SharedSecrets? Secrets { get; init; }

    /// <summary>
    /// Comes before what identifies an entry, so that a directory that an organisation runs itself cannot make one of its accounts pass for another's.
    /// </summary>
    public string IdPrefix { get; init; } = "";

    /// <summary>Attribute names.</summary>
    public LdapAttributeOptions Attributes { get; init; } = new();
}
