using System.Collections.Frozen;
using RvpServer.Configuration;

namespace RvpServer.Http;

/// <summary>Finds the virtual server that a request is for, by its Host name alone: clients leave the port out even on port 8080. [client]</summary>
internal sealed class VirtualServerTable(IReadOnlyList<VirtualServer> servers)
{
    private readonly FrozenDictionary<string, VirtualServer> byHost = servers
        .SelectMany(server => server.HostNames.Select(host => KeyValuePair.Create(host.Trim('[', ']'), server)))
        .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>All of them, as configured.</summary>
    public IReadOnlyList<VirtualServer> All { get; } = servers;

    /// <summary>Null where no virtual server has the name. Without any Host (HTTP/1.0) the only one is meant.</summary>
    public VirtualServer? Find(HostString host)
    {
        if (!host.HasValue) return All.Count == 1 ? All[0] : null;
        var name = host.Host.Trim('[', ']');
        return byHost.GetValueOrDefault(name.EndsWith('.') ? name[..^1] : name);
    }
}
