using Rvp.Protocol;

namespace RvpServer.Configuration;

/// <summary>What a virtual server does.</summary>
internal enum Role
{
    /// <summary>Hosts accounts.</summary>
    Home,

    /// <summary>Hosts nobody; refers or proxies to home servers.</summary>
    Router,
}

/// <summary>A validated virtual server. Virtual servers are distinguished by Host name, as those of IIS were.</summary>
/// <param name="Name">Name in the configuration, and in the home server of accounts.</param>
/// <param name="Role">Home or router.</param>
/// <param name="Domain">The IM domain it belongs to, lower case.</param>
/// <param name="HostNames">Names that it answers to, lower case, without port; the first is its public one. Never empty.</param>
/// <param name="Port">Public port, part of the URLs it makes.</param>
internal sealed record VirtualServer(string Name, Role Role, string Domain, IReadOnlyList<string> HostNames, int Port)
{
    /// <summary>Its public host and port.</summary>
    public HostAndPort PublicHost { get; } = new(HostNames[0], Port);

    /// <summary>Scheme and public host; without a trailing slash.</summary>
    public string PublicUrl => "http://" + PublicHost;
}
