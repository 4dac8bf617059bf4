using System.Net;
using System.Text;
using DnsClient;
using Rvp.Protocol;
using RvpServer.Dns;

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
/// <param name="About">SRV, server, address, PTR, port or RVP.</param>
/// <param name="Text">What was found.</param>
/// <param name="Write">The zone record that would repair it; null if there is none.</param>
internal sealed record CheckStep(CheckResult Result, string About, string Text, string? Write);

/// <summary>Follows the path of a client from the domain to the server: SRV record, its target, addresses, their names, port, RVP.</summary>
internal sealed class DnsCommandCheck
{
    private readonly DnsSubject dns;
    private readonly string domain;

    /// <summary>The IM domain to which the domain belongs here; null for another organisation's.</summary>
    private readonly string? expectedHost;

    private readonly List<CheckStep> steps = [];

    private DnsCommandCheck(DnsSubject dns, string domain)
    {
        this.dns = dns;
        this.domain = domain;
        expectedHost = (dns.Domains.All.FirstOrDefault(own => own.MailDomains.Contains(domain)) ?? dns.Domains.FindByName(domain))?.Name;
    }

    public IReadOnlyList<CheckStep> Steps => steps;

    public bool IsWell => steps.All(step => step.Result is CheckResult.Ok or CheckResult.Note);

    private bool IsOurs => expectedHost is not null;

    public static async Task<DnsCommandCheck> RunAsync(DnsSubject dns, string domain, CancellationToken stop)
    {
        var check = new DnsCommandCheck(dns, domain);
        if (!check.IsOurs) check.Add(CheckResult.Note, "server", domain + " is not in this configuration: another organisation's domain");
        foreach (var (host, port) in await check.FindTargetsAsync(stop))
        {
            check.CheckServer(host, port);
            foreach (var address in await check.FindAddressesAsync(host, stop))
            {
                await check.CheckPointerAsync(address, host, stop);
                await check.CheckAnswerAsync(address, port, host, stop);
            }
        }
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

    private async Task<IReadOnlyList<IPAddress>> FindAddressesAsync(string host, CancellationToken stop)
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
        else Add(CheckResult.Missing, "address", $"{host} has no address", DnsCommandZone.AddressRecord(host, null));
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
