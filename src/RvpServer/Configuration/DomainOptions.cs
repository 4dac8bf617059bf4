using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>
/// What is different for one IM domain of this process, for a provider that hosts several organisations. What is left out is as for all others.
/// </summary>
internal sealed record DomainOptions
{
    public BrandOptions WebClient { get; init; } = new();

    public DomainLogOptions ProtocolLog { get; init; } = new();

    public DomainLimitsOptions Limits { get; init; } = new();

    public DomainDirectoryOptions Directory { get; init; } = new();

    public DomainAuthenticationOptions Authentication { get; init; } = new();

    public DomainMessagesOptions Messages { get; init; } = new();
}

/// <summary>What is kept of the messages of one IM domain.</summary>
internal sealed record DomainMessagesOptions
{
    /// <summary>Whether its people have a history; null: as for all.</summary>
    public bool? Archive { get; init; }
}

/// <summary>The names under which Windows knows one IM domain.</summary>
internal sealed record DomainAuthenticationOptions
{
    /// <summary>Its NetBIOS domain; null: as for all.</summary>
    public string? NtlmDomain { get; init; }

    /// <summary>The realm of its people's Kerberos names; null: as for all.</summary>
    public string? KerberosRealm { get; init; }
}

/// <summary>The directory of one IM domain, where it is not that of all; it takes over nothing of that one.</summary>
internal sealed record DomainDirectoryOptions
{
    /// <summary>Where its accounts are looked up; null: where those of all are.</summary>
    public DirectoryProvider? Provider { get; init; }

    public LdapOptions Ldap { get; init; } = new();
}

/// <summary>The log of requests to the virtual servers of one IM domain.</summary>
internal sealed record DomainLogOptions
{
    /// <summary>Whether there is one; null: as for all.</summary>
    public bool? Enabled { get; init; }

    /// <summary>A folder of its own; null: its lines are among those of all.</summary>
    public string? Directory { get; init; }

    /// <summary>Number of files kept in that folder; null: as for all.</summary>
    [Range(1, 10_000)]
    public int? RetainedFiles { get; init; }
}

/// <summary>How much of this process one IM domain may have.</summary>
internal sealed record DomainLimitsOptions
{
    /// <summary>Accounts, enabled or not; null: any number.</summary>
    // None: one organisation alone has all, and of several only the provider knows what was agreed.
    [Range(1, 100_000_000)]
    public int? MaxAccounts { get; init; }

    /// <summary>Requests in progress at a time to its virtual servers, and as many again of its web client; null: all that there are.</summary>
    // None: a domain that is alone needs all. With a limit, one organisation's rush leaves the rest to the others.
    [Range(1, 1_000_000)]
    public int? MaxRequests { get; init; }
}
