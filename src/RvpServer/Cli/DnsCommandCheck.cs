using System.Net;
using System.Text;
using DnsClient;
using Rvp.Protocol;
using RvpServer.Dns;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary>The result of one step of the check.</summary>
internal enum CheckResult
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing, but nothing to change.</summary>
    Note,

    /// <summary>Does not exist.</summary>
    Missing,

    /// <summary>Exists, but is not what it must be.</summary>
    Wrong,
}

/// <summary>One line of the check.</summary>
/// <param name="Result">The result.</param>
/// <param name="About">SRV, server, caller, home, address, PTR, port or RVP.</param>
/// <param name="Text">What was found.</param>
/// <param name="Write">The zone record that would repair it; null if there is none.</param>
internal sealed record CheckStep(CheckResult Result, string About, string Text, string? Write);

/// <summary>From where one looks.</summary>
/// <param name="IsOutside">As another organisation: home servers behind a router need not be seen.</param>
/// <param name="Probes">Connects to home servers, too.</param>
internal sealed record DnsView(bool IsOutside, bool Probes);

/// <summary>Follows the path of a client from the domain to the server: SRV record, its target, addresses, their names, port, RVP.</summary>
internal sealed class DnsCommandCheck
{
    private readonly DnsSubject dns;
    private readonly string domain;

    /// <summary>The IM domain to which the domain belongs here; null for another organisation's.</summary>
    private readonly string? expectedHost;

    private readonly List<CheckStep> steps = [];
    private readonly DnsView view;
    private readonly HashSet<(string Host, int Port)> callers = [];

    private DnsCommandCheck(DnsSubject dns, string domain, DnsView view)
    {
        this.dns = dns;
        this.domain = domain;
        this.view = view;
        expectedHost = (dns.Domains.All.FirstOrDefault(own => own.MailDomains.Contains(domain)) ?? dns.Domains.FindByName(domain))?.Name;
    }

    public IReadOnlyList<CheckStep> Steps => steps;

    public bool IsWell => steps.All(step => step.Result is CheckResult.Ok or CheckResult.Note);

    private bool IsOurs => expectedHost is not null;

    public static async Task<DnsCommandCheck> RunAsync(DnsSubject dns, string domain, DnsView view, CancellationToken stop)
    {
        var check = new DnsCommandCheck(dns, domain, view);
        if (!check.IsOurs) check.Add(CheckResult.Note, "server", domain + " is not in this configuration: another organisation's domain");
        var targets = await check.FindTargetsAsync(stop);
        foreach (var (host, port) in targets)
        {
            var isCaller = check.callers.Contains((host, port));
            if (isCaller) check.Add(CheckResult.Ok, "caller", $"{host} names an address that this organisation calls from");
            else check.CheckServer(host, port);
            await check.CheckHostAsync(host, port, CheckResult.Missing, isProbed: !isCaller || view.Probes, stop);
        }
        // Where clients find nobody, DNS does not answer, or the service is not offered: first things first.
        if (targets.Count > 0) await check.CheckHomesAsync(targets, stop);
        return check;
    }

    public override string ToString()
    {
        var text = new StringBuilder(domain).Append('\n');
        foreach (var step in steps)
        {
            text.Append("  ").Append(step.Result.ToString().ToLowerInvariant().PadRight(8)).Append(step.About.PadRight(8)).Append(step.Text).Append('\n');
            if (step.Write is not null) text.Append("          write   ").Append(step.Write).Append('\n');
        }
        return text.Append(IsWell ? "All is well.\n" : "Not all is well.\n").ToString();
    }

    /// <summary>The servers that clients use; if clients find none although the domain is ours, the server that they should find.</summary>
    private async Task<IReadOnlyList<(string Host, int Port)>> FindTargetsAsync(CancellationToken stop)
    {
        var name = DomainResolver.ServicePrefix + domain;
        var answer = await dns.Resolver.ServicesOfAsync(domain, stop);
        if (answer.Status == DnsStatus.Failed)
        {
            Add(CheckResult.Wrong, "SRV", $"the DNS servers do not answer for {name}");
            if (expectedHost != domain) return [];
            // The name of an IM domain is a server's own name, so other servers use it anyway; that of a mail domain is not.
            Add(CheckResult.Note, "SRV", $"without an answer other servers go to {domain} port {dns.PortOf(domain)}");
            return [(domain, dns.PortOf(domain))];
        }
        foreach (var service in answer.Services.OrderBy(service => service.Priority).ThenByDescending(service => service.Weight)
            .ThenBy(service => service.Target, StringComparer.Ordinal))
        {
            var record = $"{name} is {service.Priority} {service.Weight} {service.Port} {service.Target}";
            if (DomainResolver.IsUsable(service)) Add(CheckResult.Ok, "SRV", record);
            else
            {
                Add(CheckResult.Wrong, "SRV", record + (service.Target == "." ? ": instant messaging is not offered" : ": not a host name and port"),
                    ExpectedService());
            }
        }
        FindCallers(answer.Services);
        if (answer.Status == DnsStatus.Found)
            return [.. answer.Services.Where(DomainResolver.IsUsable).Select(service => (service.Target, service.Port)).Distinct().Order()];

        if (IsOurs && (expectedHost != domain || dns.PortOf(domain) != HostAndPort.DefaultPort))
        {
            Add(CheckResult.Missing, "SRV", $"{name} does not exist: clients go to {domain} port 80", ExpectedService());
            return [(expectedHost!, dns.PortOf(expectedHost!))];
        }
        Add(CheckResult.Note, "SRV", $"{name} does not exist: clients go to {domain} port 80");
        return [(domain, HostAndPort.DefaultPort)];
    }

    // A client takes the record that comes first; those after it tell other organisations from where else this one calls.
    private void FindCallers(IReadOnlyList<DnsRecord.Service> services)
    {
        if (expectedHost != domain) return;
        var first = services.Where(service => service.Target == expectedHost && service.Port == dns.PortOf(expectedHost))
            .Select(service => (int?)service.Priority).Min();
        callers.UnionWith(services.Where(service => service.Priority > first && service.Target != expectedHost)
            .Select(service => (service.Target, service.Port)));
    }

    private async Task<IReadOnlyList<IPAddress>> CheckHostAsync(string host, int port, CheckResult missing, bool isProbed, CancellationToken stop)
    {
        var addresses = await FindAddressesAsync(host, missing, stop);
        foreach (var address in addresses)
        {
            await CheckPointerAsync(address, host, stop);
            if (isProbed) await CheckAnswerAsync(address, port, host, stop);
        }
        return addresses;
    }

    /// <summary>Where the router refers to, and what calls other organisations.</summary>
    private async Task CheckHomesAsync(IReadOnlyList<(string Host, int Port)> seen, CancellationToken stop)
    {
        if (expectedHost is null || dns.Domains.FindByName(expectedHost) is not { } own) return;
        var named = await dns.Resolver.AddressesOfAsync(expectedHost, stop);
        foreach (var home in own.Homes.Where(home => HostName.IsDomain(home.HostNames[0]) && seen.All(target => target.Host != home.HostNames[0])))
        {
            var host = home.HostNames[0];
            Add(CheckResult.Ok, "home", $"{host} port {home.Port} is virtual server {home.Name}");
            var addresses = await CheckHostAsync(host, home.Port, view.IsOutside ? CheckResult.Note : CheckResult.Missing, view.Probes, stop);
            if (addresses.Count > 0 && !addresses.Any(named.Contains))
            {
                Add(CheckResult.Note, "caller", $"{host} has no address that DNS names for {expectedHost}: other organisations believe it only behind a "
                    + "firewall or proxy with such an address");
            }
        }
    }

    /// <summary>Clients make IM URLs from the target, so it must be exactly the IM domain. [white paper]</summary>
    private void CheckServer(string host, int port)
    {
        if (!IsOurs) return;
        var server = dns.Domains.Servers.FirstOrDefault(server => server.HostNames.Contains(host) && server.Port == port);
        if (host != expectedHost || port != dns.PortOf(expectedHost))
            Add(CheckResult.Wrong, "server", $"{host} port {port} is not the IM domain: {expectedHost} port {dns.PortOf(expectedHost!)}", ExpectedService());
        else if (server is null)
            Add(CheckResult.Note, "server", $"{host} port {port} is no virtual server of this configuration: one elsewhere must answer");
        else
            Add(CheckResult.Ok, "server", $"{host} port {port} is virtual server {server.Name}");
    }

    private async Task<IReadOnlyList<IPAddress>> FindAddressesAsync(string host, CheckResult missing, CancellationToken stop)
    {
        var four = await dns.Resolver.AskAsync(host, QueryType.A, stop);
        var six = await dns.Resolver.AskAsync(host, QueryType.AAAA, stop);
        var addresses = four.Addresses.Concat(six.Addresses).OrderBy(address => address.ToString().Length)
            .ThenBy(address => address.ToString(), StringComparer.Ordinal).ToArray();
        if (addresses.Length > 0)
        {
            Add(CheckResult.Ok, "address", $"{host} is {string.Join(", ", addresses.AsEnumerable())}");
            foreach (var (type, answer) in new[] { ("A", four), ("AAAA", six) })
                if (answer.Status == DnsStatus.Failed)
                {
                    Add(CheckResult.Note, "address", $"the DNS servers do not answer for {type} of {host}: its other addresses are used");
                }
        }
        else if (four.Status == DnsStatus.Failed || six.Status == DnsStatus.Failed)
        {
            Add(CheckResult.Wrong, "address", $"the DNS servers do not answer for {host}");
        }
        else Add(missing, "address", $"{host} has no address", missing == CheckResult.Note ? null : DnsCommandZone.AddressRecord(host, null));
        return addresses;
    }

    /// <summary>
    /// Any name that leads back is enough: a machine may have several. Recommended, not required, so it counts for our own servers only. [white paper]
    /// </summary>
    private async Task CheckPointerAsync(IPAddress address, string host, CancellationToken stop)
    {
        var missing = IsOurs ? CheckResult.Missing : CheckResult.Note;
        var answer = await dns.Resolver.AskAsync(address.GetArpaName(), QueryType.PTR, stop);
        if (answer.Pointers.Count == 0)
        {
            if (answer.Status == DnsStatus.Failed)
            {
                Add(IsOurs ? CheckResult.Wrong : CheckResult.Note, "PTR", $"the DNS servers do not answer for the name of {address}");
            }
            else Add(missing, "PTR", $"{address} has no name", IsOurs ? DnsCommandZone.PointerRecord(address, host) : null);
            return;
        }
        foreach (var name in answer.Pointers)
        {
            if (name == host || (await dns.Resolver.AddressesOfAsync(name, stop)).Contains(address))
            {
                Add(CheckResult.Ok, "PTR", $"{address} is {name}");
                return;
            }
        }
        var text = $"{address} is {answer.Pointers[0]}, which has another address";
        if (IsOurs) Add(CheckResult.Wrong, "PTR", text, DnsCommandZone.PointerRecord(address, host));
        else Add(CheckResult.Note, "PTR", text);
    }

    private async Task CheckAnswerAsync(IPAddress address, int port, string host, CancellationToken stop)
    {
        var result = await DnsCommandProbe.ProbeAsync(address, port, host, stop);
        if (result == ProbeResult.Unreachable)
        {
            Add(CheckResult.Wrong, "port", $"{address} port {port} accepts no connection");
            return;
        }
        Add(CheckResult.Ok, "port", $"{address} port {port} accepts connections");
        if (result == ProbeResult.Rvp) Add(CheckResult.Ok, "RVP", $"{address} port {port} answers as an RVP server");
        else Add(CheckResult.Wrong, "RVP", $"{address} port {port} does not answer as an RVP server");
    }

    private ZoneRecord? ExpectedService() => expectedHost is null ? null : dns.ServiceRecord(domain, expectedHost);

    private void Add(CheckResult result, string about, string text, ZoneRecord? write = null) =>
        steps.Add(new CheckStep(result, about, text, write?.ToString()));
}
