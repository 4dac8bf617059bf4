using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.AdminConsole.Pages;

/// <summary>The virtual servers, and where the process listens.</summary>
internal sealed class ServersModel(RvpSettings settings, ImDomains domains) : ConsolePage
{
    public RvpSettings Settings => settings;

    public IReadOnlyList<VirtualServer> Servers => [.. settings.VirtualServers.Where(server => Who.Has(AdminRole.ViewOnly, server.Domain))];

    public IReadOnlyList<string> Places => [.. settings.Urls.Select(url => url.ToString())];

    public Uri? Admin => settings.Admin.Url;

    public IEnumerable<string> MailDomainsOf(VirtualServer server) => domains.FindByName(server.Domain)?.MailDomains ?? [];
}
