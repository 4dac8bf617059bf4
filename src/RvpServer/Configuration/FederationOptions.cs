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
}
