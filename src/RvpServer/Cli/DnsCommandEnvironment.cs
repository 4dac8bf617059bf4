using Rvp.Protocol;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Cli;

/// <summary>What the dns commands work on.</summary>
/// <param name="Domains">The configured IM domains.</param>
/// <param name="Resolver">Asks the configured DNS servers.</param>
/// <param name="Out">What was asked for.</param>
/// <param name="Error">Complaints.</param>
internal sealed record DnsCommandEnvironment(ImDomains Domains, DomainResolver Resolver, TextWriter Out, TextWriter Error)
{
    /// <summary>The port on which an IM domain is reached; 80 where it does not live here.</summary>
    public int PortOf(string domain) => Domains.FindByName(domain)?.Port ?? HostAndPort.DefaultPort;

    /// <summary>The SRV record of a domain, as it must be: it names the IM domain, because clients make the IM URL from its target. [white paper]</summary>
    public ZoneRecord ServiceRecord(string domain, string imDomain) =>
        new(DomainResolver.ServicePrefix + domain + ".", "SRV", $"0 0 {PortOf(imDomain)} {imDomain}.");
}
