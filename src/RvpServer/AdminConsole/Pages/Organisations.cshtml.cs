using RvpServer.Administration;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Delivery;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Federation;

namespace RvpServer.AdminConsole.Pages;

/// <summary>How people of other organisations are treated, what waits for their servers, and whether one can be reached.</summary>
internal sealed class OrganisationsModel(
    RvpSettings settings, FederatedDomains federated, Outbox outbox, ImDomains domains, DomainResolver resolver) : ConsolePage
{
    private const int MaxHosts = 50;

    public bool IsByDns => settings.Federation.SourceCheck == SourceCheck.Dns;

    public FederationOptions Federation => settings.Federation;

    public IReadOnlyList<KeyValuePair<string, long>> Waiting { get; private set; } = [];

    public string? Domain { get; private set; }

    public string? Problem { get; private set; }

    public IReadOnlyList<CheckStep> Steps { get; private set; } = [];

    public async Task OnGetAsync(string? domain, CancellationToken stop)
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        Waiting = [.. outbox.CountByHost().OrderByDescending(host => host.Value).Take(MaxHosts)];
        Domain = domain?.Trim();
        if (string.IsNullOrEmpty(Domain)) return;
        var asked = RvpSettings.InAscii(Domain);
        if (Uri.CheckHostName(asked) != UriHostNameType.Dns) Problem = "That is no domain.";
        else if (!federated.Include(asked)) Problem = $"{asked} is shut out by Rvp:Federation.";
        else Steps = (await DnsCommandCheck.RunAsync(new DnsSubject(domains, resolver), asked, new DnsView(IsOutside: true, Probes: false), stop)).Steps;
    }
}
