using Rvp.Protocol;

namespace RvpServer.Configuration;

/// <summary>The IM domains that live in this process, and all names by which hosts of theirs are known.</summary>
internal sealed class ImDomains
{
    private readonly Dictionary<string, ImDomain> byHost = new(StringComparer.OrdinalIgnoreCase);

    public ImDomains(IReadOnlyList<VirtualServer> servers)
    {
        foreach (var group in servers.GroupBy(server => server.Domain, StringComparer.OrdinalIgnoreCase))
        {
            // The domain's public port is that of the server which answers under the domain's own name.
            var front = group.FirstOrDefault(server => server.HostNames.Contains(group.Key, StringComparer.OrdinalIgnoreCase)) ?? group.First();
            var domain = new ImDomain(group.Key, front.Port);
            byHost[group.Key] = domain;
            foreach (var name in group.SelectMany(server => server.HostNames)) byHost.TryAdd(name, domain);
        }
    }

    /// <summary>True for a host whose accounts only this process may vouch for.</summary>
    public bool IsLocal(string host) => byHost.ContainsKey(host);

    /// <summary>The public port of a domain that lives here.</summary>
    public int PortOf(string domain) => byHost[domain].Port;

    /// <summary>The same node under its domain's canonical name and port; a node elsewhere as it is.</summary>
    public RvpUrl Canonical(RvpUrl url) => byHost.TryGetValue(url.Host, out var domain) ? url.On(domain.Name, domain.Port) : url;

    private sealed record ImDomain(string Name, int Port);
}
