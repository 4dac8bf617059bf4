using System.Net;

namespace RvpServer.Configuration;

/// <summary>What makes another organisation's word about its people believable.</summary>
internal enum SourceCheck
{
    /// <summary>The request comes from an address that the sender's domain names in DNS.</summary>
    Dns,

    /// <summary>Nothing is checked, as Exchange did.</summary>
    None,
}

/// <summary>Exchange with other organisations.</summary>
internal sealed record FederationOptions
{
    // On: RVP was made for instant messaging over the Internet. [white paper]
    public bool Enabled { get; init; } = true;

    // Dns: else anybody can write in anybody's name.
    public SourceCheck SourceCheck { get; init; } = SourceCheck.Dns;

    /// <summary>Ranges that are believed without a look at DNS.</summary>
    // None: one's own further servers are named by one's own DNS.
    public IReadOnlyList<IPNetwork> Trusted { get; init; } = [];
}
