using System.Net;
using RvpServer.Configuration;
using RvpServer.Domains;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary>What starts, and is hardly what was meant: a line for each, with the key.</summary>
/// <param name="settings">The configuration.</param>
/// <param name="places">The ports where it listens.</param>
internal sealed class ConfigDoubts(RvpSettings settings, IReadOnlySet<int> places)
{
    // Below are services of the system; clients take fixed ports from here up. [white paper]
    private const int FirstFreePort = 1025;

    /// <summary>Looks.</summary>
    /// <param name="addressesOf">The addresses that DNS has for a name; null: DNS is not to be asked.</param>
    /// <param name="ofMachine">The machine's own.</param>
    public async Task<IReadOnlyList<string>> FindAsync(
        Func<string, ValueTask<IReadOnlyList<IPAddress>>>? addressesOf, Func<IPAddress, bool> ofMachine)
    {
        var doubts = new List<string>(OfPorts());
        foreach (var domain in ImDomains.Of(settings).All.Where(domain => !Answers(domain)))
        {
            var isRouterKnown = settings.Proxies.Count > 0 || settings.OrganisationKey is not null || domain.Servers.Any(server => server.Role == Role.Router);
            if (domain.Homes.Count > 0 && !isRouterKnown)
            {
                doubts.Add($"Rvp:VirtualServers: {domain.Homes[0].Name} hosts accounts of {domain.Name}, does not answer to that name, and knows no router: "
                    + "add it to HostNames, or name the router's address in Rvp:Proxies");
            }
            foreach (var router in domain.Servers.Where(server => server.Role == Role.Router))
            {
                doubts.Add($"Rvp:VirtualServers: {router.Name} is a router of {domain.Name} and does not answer to that name, under which clients come: add it "
                    + "to HostNames");
            }
            if (addressesOf is not null) doubts.AddRange(OfRouters(domain, await addressesOf(domain.Name), ofMachine));
        }
        if (settings.IsAdminOpen)
            doubts.Add($"Rvp:Admin:Url is \"{settings.Admin.Url}\", which other machines can reach: /healthz, /readyz and /metrics need no password there");
        if (IsWithin(settings.DataDirectory, "/etc"))
            doubts.Add($"Rvp:DataDirectory is \"{settings.DataDirectory}\": services cannot write below /etc; write a folder such as /var/lib/rvpserver");
        return doubts;
    }

    private IEnumerable<string> OfPorts()
    {
        var isAlone = settings.Proxies.Count == 0 && places.Count > 0;
        foreach (var server in settings.VirtualServers.Where(server => isAlone && !places.Contains(server.Port)))
        {
            yield return $"Rvp:VirtualServers: {server.Name} has the public Port {server.Port}, and this server does not listen there: write one "
                + $"of {string.Join(", ", places.Order())}, or name the proxy in front of it in Rvp:Proxies";
        }
        if (settings.Delivery.MinCallbackPort < FirstFreePort)
        {
            yield return $"Rvp:Delivery:MinCallbackPort is \"{settings.Delivery.MinCallbackPort}\": clients could have this server call services of the "
                + $"system; write {FirstFreePort} or more";
        }
    }

    private IEnumerable<string> OfRouters(ImDomain domain, IReadOnlyList<IPAddress> addresses, Func<IPAddress, bool> ofMachine)
    {
        if (addresses.Count == 0)
        {
            yield return $"Nobody answers under {domain.Name}: no virtual server here has that name among its HostNames, and DNS has no address for it";
        }
        else if (addresses.FirstOrDefault(ofMachine) is { } own)
        {
            yield return $"Nobody answers under {domain.Name}: DNS leads to this machine ({own}), and no virtual server here has that name among its HostNames";
        }
        else if (settings.OrganisationKey is null && domain.Homes.Count > 0)
        {
            foreach (var router in addresses.Where(address => !settings.Proxies.Cover(address)))
            {
                yield return $"Rvp:Proxies lacks {router}, which DNS names for {domain.Name}: what that router passes on is not believed; add it, or give all "
                    + "servers Rvp:OrganisationKeyFile";
            }
        }
    }

    private static bool Answers(ImDomain domain) => domain.Servers.Any(server => server.HostNames.Contains(domain.Name));

    private static bool IsWithin(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}
