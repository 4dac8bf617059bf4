using System.Net;

namespace RvpServer.Configuration;

/// <summary>When another organisation's assertion about its people is believed.</summary>
internal enum SourceCheck
{
    /// <summary>The request must come from an address that the sender's domain names in DNS.</summary>
    Dns,

    /// <summary>Nothing is checked, as in Exchange.</summary>
    None,
}

/// <summary>Exchange with other organisations.</summary>
internal sealed record FederationOptions
{
    // On: RVP was made for instant messaging over the Internet. [white paper]
    public bool Enabled { get; init; } = true;

    // Dns: without a check, anybody could send in anybody's name.
    public SourceCheck SourceCheck { get; init; } = SourceCheck.Dns;

    /// <summary>Ranges that are believed without asking DNS.</summary>
    // None: an organisation's own further servers are named by its own DNS.
    public IReadOnlyList<IPNetwork> Trusted { get; init; } = [];

    /// <summary>Ranges that other organisations' servers may be called in although they are private, shared, link-local or loopback.</summary>
    // None: other people's DNS decides where their servers are, and must not lead this server into its own network.
    public IReadOnlyList<IPNetwork> CallableRanges { get; init; } = [];

    /// <summary>Domains, each with its subdomains, that are neither believed nor called.</summary>
    // None.
    public IReadOnlyList<string> Blocked { get; init; } = [];

    /// <summary>The only domains, each with its subdomains, that are believed and called; empty: all.</summary>
    // All: RVP was made for instant messaging over the Internet. [white paper]
    public IReadOnlyList<string> Allowed { get; init; } = [];
}
