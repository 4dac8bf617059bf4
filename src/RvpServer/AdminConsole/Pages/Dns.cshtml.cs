using System.Net;
using RvpServer.Administration;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.AdminConsole.Pages;

/// <summary>The records to publish, and what clients find for a domain.</summary>
internal sealed class DnsModel(ImDomains domains, DomainResolver resolver) : ConsolePage
{
    private static readonly ILookup<string, IPAddress> None = Array.Empty<(string Host, IPAddress Address)>().ToLookup(one => one.Host, one => one.Address);

    public IReadOnlyList<ZoneRecord> Records { get; private set; } = [];

    public string? Domain { get; private set; }

    public bool IsOutside { get; private set; }

    public string? Problem { get; private set; }

    public IReadOnlyList<CheckStep> Steps { get; private set; } = [];

    public IEnumerable<string> OwnDomains => domains.All.SelectMany(domain => domain.MailDomains.Append(domain.Name));

    public async Task OnGetAsync(string? domain, bool outside, CancellationToken stop)
    {
        Who.Require(AdminRole.ViewOnly, domain: null);
        var dns = new DnsSubject(domains, resolver);
        Records = (await DnsCommandZone.MakeAsync(dns, None, stop)).Records;
        (Domain, IsOutside) = (domain?.Trim(), outside);
        if (string.IsNullOrEmpty(Domain)) return;
        var asked = RvpSettings.InAscii(Domain);
        if (Uri.CheckHostName(asked) != UriHostNameType.Dns) Problem = "That is no domain.";
        else Steps = (await DnsCommandCheck.RunAsync(dns, asked, new DnsView(outside, Probes: false), stop)).Steps;
    }
}
