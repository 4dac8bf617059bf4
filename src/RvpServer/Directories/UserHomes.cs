using Rvp.Protocol;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>Finds domains and home servers by the names that administrators use, with advice if a name is unknown.</summary>
internal sealed class UserHomes(ImDomains domains)
{
    /// <summary>The IM domain of an address; null if the configuration does not contain it.</summary>
    public string? FindDomain(ImAddress address) => domains.FindFor(address)?.Name;

    /// <summary>The same, or the domain that was asked for; throws <see cref="AccountException"/>.</summary>
    public ImDomain GetDomain(ImAddress address, string? wanted = null)
    {
        if (wanted is null)
        {
            return domains.FindFor(address)
                ?? throw new AccountException(
                    $"The mail domain {address.Domain} stands for no IM domain: add it to Rvp:MailDomains, or name one with --domain.");
        }
        return GetDomain(wanted);
    }

    /// <summary>The domain of this name, or the only one; throws <see cref="AccountException"/>.</summary>
    public ImDomain GetDomain(string? wanted) => wanted is null
        ? domains.All is [var only] ? only : throw new AccountException("There are several IM domains here: name one with --domain.")
        : domains.FindByName(wanted) ?? throw Unknown(wanted);

    /// <summary>True if another machine hosts the account.</summary>
    public bool IsElsewhere(Account account) => domains.FindByName(account.Domain)?.LocationOf(account.HomeServer) is NodeLocation.AtHome;

    /// <summary>A home server: by its name in the domain, a host elsewhere, or the domain's first; throws <see cref="AccountException"/>.</summary>
    public string GetHome(string domainName, string? wanted)
    {
        var domain = domains.FindByName(domainName);
        var homes = domain?.Homes ?? [];
        if (wanted is not null && homes.FirstOrDefault(home => home.Name.Equals(wanted, StringComparison.OrdinalIgnoreCase)) is { } named) return named.Name;
        // A router is none, by whichever of its names.
        if (wanted is not null && wanted.Contains('.', StringComparison.Ordinal) && domain?.LocationOf(wanted) is not NodeLocation.Nowhere)
            return wanted.ToLowerInvariant();
        var known = homes.Count == 0 ? "it has none here" : "it has " + string.Join(", ", homes.Select(home => home.Name));
        if (wanted is not null)
        {
            throw new AccountException($"{wanted} is no home server of {domainName}: {known}; a home server elsewhere is named by its host.");
        }
        return homes.Count > 0 ? homes[0].Name : throw new AccountException($"{domainName} has no home server here: name a host elsewhere with --home.");
    }

    /// <summary>A further address of an account, which must be of its IM domain; throws <see cref="AccountException"/>.</summary>
    public ImAddress GetFurther(Account account, ImAddress further) => GetDomain(further).Name is var other && other != account.Domain
        ? throw new AccountException($"{further} is an address of {other}, but {account.Email} is an account of {account.Domain}.")
        : further;

    /// <summary>The account's logical URL.</summary>
    public RvpUrl LogicalUrl(Account account) => domains.LogicalUrl(account.Domain, account.Name);

    /// <summary>The physical URL; null if the account's home server is no longer configured.</summary>
    public string? PhysicalUrl(Account account) => domains.FindByName(account.Domain)?.PhysicalUrl(account.Name, account.HomeServer);

    private static AccountException Unknown(string domain) =>
        new($"No virtual server has the IM domain {domain}: look at Rvp:VirtualServers and Rvp:MailDomains.");
}
