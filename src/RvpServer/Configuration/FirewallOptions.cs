using System.Net;

namespace RvpServer.Configuration;

/// <summary>What a router does with a request for a node.</summary>
internal enum Forwarding
{
    /// <summary>302 to the home server.</summary>
    Refer,

    /// <summary>Asks the home server itself and gives back its answer.</summary>
    Proxy,
}

/// <summary>The organisation's firewall, as a router sees it.</summary>
internal sealed record FirewallOptions
{
    /// <summary>False: everybody is inside.</summary>
    // Off: without a firewall everybody reaches the home servers.
    public bool Enabled { get; init; }

    /// <summary>Addresses inside.</summary>
    // The white paper's example network.
    public IReadOnlyList<IPNetwork> InternalRanges { get; init; } = [new(IPAddress.Parse("10.0.0.0"), 8)];

    // A referral costs the router nothing and lets NTLM work. Proxy serves clients that follow no 302. [client]
    public Forwarding Inside { get; init; } = Forwarding.Refer;

    // Outsiders do not reach home servers behind a firewall. [white paper]
    public Forwarding Outside { get; init; } = Forwarding.Proxy;

    /// <summary>HTTP proxy on the way to other organisations; null: directly.</summary>
    public Uri? OutboundProxy { get; init; }
}
