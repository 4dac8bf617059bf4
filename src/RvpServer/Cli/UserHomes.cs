using System.Globalization;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Cli;

/// <summary>Domains, home servers and URLs of accounts, as the configured virtual servers give them.</summary>
internal sealed class UserHomes(IReadOnlyList<VirtualServer> servers, IReadOnlyDictionary<string, string> mailDomains)
{
    /// <summary>The IM domain of an address; null where the configuration does not say.</summary>
    public string? FindDomain(ImAddress address)
    {
        if (mailDomains.TryGetValue(address.Domain, out var mapped)) return mapped;
        return servers.Any(server => server.Domain == address.Domain) ? address.Domain : null;
    }

    /// <summary>The same, or the one that was asked for; throws <see cref="AccountException"/>.</summary>
    public string GetDomain(ImAddress address, string? wanted = null)
    {
        var domain = wanted?.ToLowerInvariant() ?? FindDomain(address)
            ?? throw new AccountException($"The mail domain {address.Domain} stands for no IM domain: add it to Rvp:MailDomains, or name one with --domain.");
        return servers.Any(server => server.Domain == domain)
            ? domain
            : throw new AccountException($"No virtual server has the IM domain {domain}: look at Rvp:VirtualServers and Rvp:MailDomains.");
    }

    /// <summary>A home server by its name in the domain, a host elsewhere, or the domain's first; throws <see cref="AccountException"/>.</summary>
    public string GetHome(string domain, string? wanted)
    {
        var homes = servers.Where(server => server.Domain == domain && server.Role == Role.Home).ToList();
        if (wanted is not null && homes.Find(home => home.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is { } named) return named.Name;
        if (wanted is not null && wanted.Contains('.', StringComparison.Ordinal)) return wanted.ToLowerInvariant();
        var known = homes.Count == 0 ? "it has none here" : "it has " + string.Join(", ", homes.Select(home => home.Name));
        if (wanted is not null) throw new AccountException($"{wanted} is no home server of {domain}: {known}; a home server elsewhere is named by its host.");
        return homes.Count > 0 ? homes[0].Name : throw new AccountException($"{domain} has no home server here: name a host elsewhere with --home.");
    }

    /// <summary>The logical URL, on the port of the server that clients find first: the router, where there is one.</summary>
    public RvpUrl LogicalUrl(Account account)
    {
        var entrance = servers.Where(server => server.Domain == account.Domain).MaxBy(server => server.Role == Role.Router);
        return RvpUrl.ForAlias(account.Domain, entrance?.Port ?? 80, account.Name);
    }

    /// <summary>The physical URL; null where the account's home server is no longer configured.</summary>
    public string? PhysicalUrl(Account account)
    {
        var home = servers.FirstOrDefault(server => server.Role == Role.Home && server.Domain == account.Domain
            && (account.HomeServer is null || server.Name.Equals(account.HomeServer, StringComparison.OrdinalIgnoreCase)));
        var host = home is not null ? HostOf(home) : account.HomeServer;
        return host is null || (home is null && !host.Contains('.', StringComparison.Ordinal)) ? null : LogicalUrl(account).PhysicalOn(host);
    }

    private static string HostOf(VirtualServer home) =>
        home.Port == 80 ? home.HostNames[0] : home.HostNames[0] + ":" + home.Port.ToString(CultureInfo.InvariantCulture);
}
