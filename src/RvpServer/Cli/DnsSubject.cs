using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Runtime;

namespace RvpServer.Cli;

/// <summary>The subject of the dns commands.</summary>
/// <param name="Domains">The configured IM domains.</param>
/// <param name="Resolver">Asks the configured DNS servers.</param>
internal sealed record DnsSubject(ImDomains Domains, DomainResolver Resolver)
{
    /// <summary>The same, asking another DNS server.</summary>
    public DnsSubject AskingAt(IPEndPoint server) =>
        this with { Resolver = new DomainResolver(new DnsOptions { Servers = [server] }, WallClock.OfMachine, NullLogger<DnsLookup>.Instance) };

    /// <summary>The public port of an IM domain; 80 if it is not hosted here.</summary>
    public int PortOf(string domain) => Domains.FindByName(domain)?.Port ?? HostAndPort.DefaultPort;

    /// <summary>The required SRV record of a domain: it names the IM domain, because clients make the IM URL from its target. [white paper]</summary>
    public ZoneRecord ServiceRecord(string domain, string imDomain) =>
        new(DomainResolver.ServicePrefix + domain + ".", "SRV", $"0 0 {PortOf(imDomain)} {imDomain}.");
}
