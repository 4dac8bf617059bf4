using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Domains;

/// <summary>The IM domains of this process, and all names of them and their servers.</summary>
internal sealed class ImDomains
{
    private readonly Dictionary<string, ImDomain> byHost = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="servers">All virtual servers of the process.</param>
    /// <param name="mailDomains">Mail domain to IM domain, both lower case.</param>
    public ImDomains(IReadOnlyList<VirtualServer> servers, IReadOnlyDictionary<string, string> mailDomains)
    {
        Servers = servers;
        All = [.. servers.Select(server => server.Domain).Distinct().Select(name => new ImDomain(name, MailDomainsOf(name), servers))];
        foreach (var domain in All) byHost[domain.Name] = domain;
        foreach (var domain in All)
            foreach (var host in domain.Servers.SelectMany(server => server.HostNames)) byHost.TryAdd(host, domain);

        IEnumerable<string> MailDomainsOf(string name) => mailDomains.Where(entry => entry.Value == name).Select(entry => entry.Key);
    }

    /// <summary>All domains, in the order of the configuration.</summary>
    public IReadOnlyList<ImDomain> All { get; }

    /// <summary>Their virtual servers, in the order of the configuration.</summary>
    public IReadOnlyList<VirtualServer> Servers { get; }

    /// <summary>The domains of a configuration.</summary>
    public static ImDomains Of(RvpSettings settings) => new(settings.VirtualServers, settings.MailDomains);

    /// <summary>Those of these names.</summary>
    public IReadOnlyList<ImDomain> These(IEnumerable<string> names) => [.. names.Select(name => byHost[name])];

    /// <summary>The domain of a host, which is its own name or a host name of one of its servers; null for a host elsewhere.</summary>
    public ImDomain? Find(string host) => byHost.GetValueOrDefault(host);

    /// <summary>The domain with exactly this name; null if it is not hosted here.</summary>
    public ImDomain? FindByName(string name) => Find(name) is { } domain && domain.Name.Equals(name, StringComparison.OrdinalIgnoreCase) ? domain : null;

    /// <summary>The domain of an address: by its mail domain, otherwise the IM domain itself; null if the configuration does not contain it.</summary>
    public ImDomain? FindFor(ImAddress address) => All.FirstOrDefault(domain => domain.MailDomains.Contains(address.Domain)) ?? FindByName(address.Domain);

    /// <summary>The logical URL of an account; a domain that is no longer configured has the usual port.</summary>
    public RvpUrl LogicalUrl(string domain, string account) =>
        FindByName(domain)?.LogicalUrl(account) ?? RvpUrl.ForAlias(domain, HostAndPort.DefaultPort, account);

    /// <summary>True for a host whose accounts only this process may assert.</summary>
    public bool IsLocal(string host) => byHost.ContainsKey(host);

    /// <summary>The same node under its domain's canonical name and port; a node elsewhere unchanged.</summary>
    public RvpUrl Canonical(RvpUrl url) => byHost.TryGetValue(url.Host, out var domain) ? url.WithDomain(domain.Name, domain.Port) : url;
}
