using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Web;

/// <summary>
/// The logical URL of an IM address: for domains here by the configured mail domains, for others by the SRV record, and without one under the address's own
/// domain. [white paper]
/// </summary>
internal sealed class AddressLookup(ImDomains domains, NodeLocator locator, DomainResolver resolver, bool isFederated)
{
    /// <summary>Throws <see cref="RvpException"/>: 404 for an unknown person or domain, 503 when DNS does not answer.</summary>
    public async ValueTask<RvpUrl> FindAsync(ImAddress address, CancellationToken stop)
    {
        var host = domains.FindFor(address)?.Name ?? address.Domain;
        if (domains.IsLocal(host)) return await FindHereAsync(host, address.Name, stop);
        if (!isFederated) throw new RvpException(Refusal.NoSuchDomain);
        var services = await resolver.ServicesOfAsync(host, stop);
        // A mail domain's own address is used only if DNS says that there is no record, not if DNS fails.
        if (services.Status == DnsStatus.Failed && !address.IsAtImHost) throw new RvpException(Refusal.DnsUnavailable);
        if (services.Status == DnsStatus.Found)
        {
            // Always the same one, unlike the order of sending: it becomes part of the contact's identity.
            var service = services.Services.Where(DomainResolver.IsUsable).OrderBy(record => record.Priority)
                .ThenBy(record => record.Target, StringComparer.Ordinal).FirstOrDefault()
                ?? throw new RvpException(Refusal.NoSuchDomain);
            return domains.IsLocal(service.Target)
                ? await FindHereAsync(service.Target, address.Name, stop)
                : RvpUrl.ForAlias(service.Target, service.Port, address.Name);
        }
        return (await resolver.ResolveHostAsync(host, HostAndPort.DefaultPort, stop)).Status switch
        {
            ResolveStatus.Found => RvpUrl.ForAlias(host, HostAndPort.DefaultPort, address.Name),
            ResolveStatus.NoSuchDomain when services.Status != DnsStatus.Failed => throw new RvpException(Refusal.NoSuchDomain),
            _ => throw new RvpException(Refusal.DnsUnavailable),
        };
    }

    private async ValueTask<RvpUrl> FindHereAsync(string host, string name, CancellationToken stop)
    {
        var found = await locator.LocateAsync(RvpUrl.ForAlias(host, HostAndPort.DefaultPort, name), stop);
        return found.Account is { IsEnabled: true } account ? locator.UrlOf(account) : throw new RvpException(Refusal.NoSuchAddress);
    }
}
