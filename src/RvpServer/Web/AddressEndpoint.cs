using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Federation;

namespace RvpServer.Web;

/// <summary>
/// <c>GET address?of=KariHensien@adatum.com</c>: the logical URL behind an IM address, which a browser cannot find out for itself, having no DNS.
/// Here by the configured mail domains, elsewhere by the SRV record, without one under the address's own domain. [white paper]
/// </summary>
internal sealed class AddressEndpoint(WebSessions sessions, ImDomains domains, IDirectory directory, DomainResolver resolver, RvpSettings settings)
{
    private static readonly Refusal Nobody = new(404, "Not Found", "Nobody has this address.");
    private static readonly Refusal NoSuchDomain = new(404, "Not Found", "There is no such domain.");

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        var result = await sessions.AuthenticateAsync(context, server, stop);
        if (result is not AuthenticationResult.Proven)
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        if (!ImAddress.TryParse(context.Request.Query["of"], out var address)) throw new RvpException("An address looks like JoBrown@adatum.com.");
        var url = await FindAsync(address, stop);
        await SessionEndpoint.WriteAsync(context, StatusCodes.Status200OK, new { address = address.ToString(), url = url.ToString() });
    }

    private async ValueTask<RvpUrl> FindAsync(ImAddress address, CancellationToken stop)
    {
        var host = settings.MailDomains.GetValueOrDefault(address.Domain) ?? address.Domain;
        if (domains.IsLocal(host)) return await FindHereAsync(host, address.Name, stop);
        if (!settings.Federation.Enabled) throw new RvpException(NoSuchDomain);
        var services = await resolver.ServicesOfAsync(host, stop);
        if (services.Status == DnsStatus.Failed) throw new RvpException(Refusal.Unavailable);
        // The same one every time, unlike the order of sending: it becomes part of the contact's identity.
        var service = services.Services.Where(DomainResolver.IsUsable).OrderBy(record => record.Priority).ThenBy(record => record.Target, StringComparer.Ordinal).FirstOrDefault();
        if (service is not null && domains.IsLocal(service.Target)) return await FindHereAsync(service.Target, address.Name, stop);
        if (service is not null) return RvpUrl.ForAlias(service.Target, service.Port, address.Name);
        return (await resolver.ResolveAsync(host, null, stop)).Status switch
        {
            ResolveStatus.Found => RvpUrl.ForAlias(host, DomainResolver.DefaultPort, address.Name),
            ResolveStatus.NoSuchDomain => throw new RvpException(NoSuchDomain),
            _ => throw new RvpException(Refusal.Unavailable),
        };
    }

    private async ValueTask<RvpUrl> FindHereAsync(string host, string name, CancellationToken stop)
    {
        var canonical = domains.Canonical(RvpUrl.ForAlias(host, DomainResolver.DefaultPort, name));
        var account = await directory.FindAsync(canonical.Host, name, stop);
        return account is { IsEnabled: true } ? RvpUrl.ForAlias(canonical.Host, canonical.Port, account.Name) : throw new RvpException(Nobody);
    }
}
