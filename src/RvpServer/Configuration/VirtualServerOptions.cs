using System.ComponentModel.DataAnnotations;

namespace RvpServer.Configuration;

/// <summary>A virtual server as in the file; <see cref="VirtualServer"/> is the validated one.</summary>
internal sealed record VirtualServerOptions
{
    /// <summary>The name that accounts use for their home server; unique in the process.</summary>
    public string Name { get; init; } = "";

    /// <summary>Home or Router.</summary>
    // Home: a small organisation has one home server and no router.
    public Role Role { get; init; } = Role.Home;

    /// <summary>The IM domain it belongs to.</summary>
    public string Domain { get; init; } = "";

    /// <summary>Names that it answers to, without port; the first is its public one.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Public port, part of the URLs it makes.</summary>
    // RVP's standard port. [white paper]
    [Range(1, 65535)]
    public int Port { get; init; } = 80;
}
