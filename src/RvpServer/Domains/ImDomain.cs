using System.Collections.Concurrent;
using Rvp.Protocol;
using RvpServer.Configuration;

namespace RvpServer.Domains;

/// <summary>
/// An IM domain hosted in this process: its name, its public port, the mail domains whose addresses belong to it, and its servers here. All URLs of its
/// accounts are made from this.
/// </summary>
internal sealed class ImDomain
{
    // Of names of home servers in a directory, which are few. Decision: more than anybody has.
    private const int MaxLocations = 256;

    private readonly IReadOnlyList<VirtualServer> everyServer;
    private readonly NodeLocation[] homesHere;
    private readonly ConcurrentDictionary<string, NodeLocation> locations = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="name">Its name, lower case.</param>
    /// <param name="mailDomains">Mail domains that belong to it, lower case.</param>
    /// <param name="everyServer">All virtual servers of the process, including its own.</param>
    public ImDomain(string name, IEnumerable<string> mailDomains, IReadOnlyList<VirtualServer> everyServer)
    {
        Name = name;
        MailDomains = [.. mailDomains.Order(StringComparer.Ordinal)];
        this.everyServer = everyServer;
        Servers = [.. everyServer.Where(server => server.Domain == name)];
        Homes = [.. Servers.Where(server => server.Role == Role.Home)];
        homesHere = [.. Homes.Select(home => new NodeLocation.Here(home))];
        var front = Servers.FirstOrDefault(server => server.HostNames.Contains(name, StringComparer.OrdinalIgnoreCase))
            ?? Servers.FirstOrDefault(server => server.Role == Role.Router)
            ?? (Servers.Count > 0 ? Servers[0] : null);
        PublicHost = new HostAndPort(name, front?.Port ?? HostAndPort.DefaultPort);
    }

    /// <summary>Lower case.</summary>
    public string Name { get; }

    /// <summary>
    /// The public host and port of the domain, with which its logical URLs begin: its name, with the port of the virtual server that answers to that name; if
    /// there is none here, the port of the domain's router, or of its first server.
    /// </summary>
    public HostAndPort PublicHost { get; }

    /// <summary>The public port.</summary>
    public int Port => PublicHost.Port;

    /// <summary>Mail domains whose addresses belong to it, lower case, in order; the domain itself need not be among them.</summary>
    public IReadOnlyList<string> MailDomains { get; }

    /// <summary>The mail domain that its people most likely use, for examples.</summary>
    public string ExampleMailDomain => MailDomains.Count > 0 ? MailDomains[0] : Name;

    /// <summary>Its virtual servers in this process, in the order of the configuration.</summary>
    public IReadOnlyList<VirtualServer> Servers { get; }

    /// <summary>Those that host accounts.</summary>
    public IReadOnlyList<VirtualServer> Homes { get; }

    /// <summary>True if addresses of a mail domain belong to this domain.</summary>
    public bool Covers(string mailDomain) =>
        mailDomain.Equals(Name, StringComparison.OrdinalIgnoreCase) || MailDomains.Contains(mailDomain, StringComparer.OrdinalIgnoreCase);

    /// <summary>The logical URL of an account.</summary>
    public RvpUrl LogicalUrl(string account) => RvpUrl.ForAlias(Name, Port, account);

    /// <summary>The physical URL of an account; null if its home server is unknown.</summary>
    public string? PhysicalUrl(string account, string? homeServer) => LocationOf(homeServer) switch
    {
        NodeLocation.Here here => LogicalUrl(account).PhysicalOn(here.Server.PublicHost),
        NodeLocation.AtHome away => LogicalUrl(account).PhysicalOn(away.Host),
        _ => null,
    };

    /// <summary>
    /// Where accounts with this home server are: its name or one of its hosts, or null for any home server of the domain. Never a server that hosts none of the
    /// domain's accounts, so that no request goes back and forth between router and home server.
    /// </summary>
    public NodeLocation LocationOf(string? homeServer)
    {
        if (homeServer is null) return homesHere.Length > 0 ? homesHere[0] : NodeLocation.Nowhere.Instance;
        if (locations.TryGetValue(homeServer, out var known)) return known;
        var location = Locate(homeServer);
        if (locations.Count < MaxLocations) locations[homeServer] = location;
        return location;
    }

    private NodeLocation Locate(string homeServer)
    {
        for (var i = 0; i < homesHere.Length; i++)
            if (IsMeant(Homes[i], homeServer)) return homesHere[i];
        return !everyServer.Any(server => IsMeant(server, homeServer)) && HostAndPort.TryParse(homeServer, out var host)
            ? new NodeLocation.AtHome(host) : NodeLocation.Nowhere.Instance;
    }

    // By its name, or by one of its hosts: LDAP contains only physical URLs. A port in the text must be the right one: two processes may share a host.
    private static bool IsMeant(VirtualServer server, string home)
    {
        if (server.Name.Equals(home, StringComparison.OrdinalIgnoreCase)) return true;
        if (!HostAndPort.TryParse(home, out var place)) return false;
        var hasPort = home.LastIndexOf(':') > home.LastIndexOf(']');
        return (!hasPort || place.Port == server.Port) && server.HostNames.Contains(place.Host.Trim('[', ']'), StringComparer.OrdinalIgnoreCase);
    }
}
