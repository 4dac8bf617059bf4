using System.Net;

namespace RvpServer.Configuration;

/// <summary>What a router does with a request for a node.</summary>
internal enum Forwarding
{
    /// <summary>302 to the home server.</summary>
    Refer,

    /// <summary>Asks the home server itself and passes its answer on.</summary>
    Proxy,
}

/// <summary>The organisation's firewall, from a router's point of view.</summary>
internal sealed record FirewallOptions
{
    /// <summary>False: every address counts as inside.</summary>
    // Off: without a firewall everybody can reach the home servers.
    public bool Enabled { get; init; }

    /// <summary>Addresses inside.</summary>
    // The white paper's example network.
    public IReadOnlyList<IPNetwork> InternalRanges { get; init; } = [new(IPAddress.Parse("10.0.0.0"), 8)];

    // A referral costs the router nothing and lets NTLM work. Proxy serves clients that do not follow a 302. [client]
    public Forwarding Inside { get; init; } = Forwarding.Refer;

    // Outside clients cannot reach home servers behind a firewall. [white paper]
    public Forwarding Outside { get; init; } = Forwarding.Proxy;

    /// <summary>HTTP proxy for requests to other organisations; null: direct connections.</summary>
    public Uri? OutboundProxy { get; init; }
}
