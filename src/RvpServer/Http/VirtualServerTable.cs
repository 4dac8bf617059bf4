using System.Collections.Frozen;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Finds the virtual server for a request, only by its Host name: clients leave out the port, even port 8080. [client]</summary>
internal sealed class VirtualServerTable(IReadOnlyList<VirtualServer> servers)
{
    private readonly FrozenDictionary<string, VirtualServer> byHost = servers
        .SelectMany(server => server.HostNames.Select(host => KeyValuePair.Create(host.Trim('[', ']'), server)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>All virtual servers, in the order of the configuration.</summary>
    public IReadOnlyList<VirtualServer> All { get; } = servers;

    /// <summary>Null if no virtual server has the name. Without a Host header (HTTP/1.0) the only one, if there is just one.</summary>
    public VirtualServer? Find(HostHeader host)
    {
        if (!host.IsGiven) return All.Count == 1 ? All[0] : null;
        return host.Name is { } name ? byHost.GetValueOrDefault(name) : null;
    }
}
