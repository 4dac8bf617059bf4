using Rvp.Protocol;
using RvpServer.Dns;
using RvpServer.Domains;

namespace RvpServer.Cli;

/// <summary>What the dns commands are about.</summary>
/// <param name="Domains">The configured IM domains.</param>
/// <param name="Resolver">Asks the configured DNS servers.</param>
internal sealed record DnsSubject(ImDomains Domains, DomainResolver Resolver)
{
    /// <summary>The port on which an IM domain is reached; 80 where it does not live here.</summary>
    public int PortOf(string domain) => Domains.FindByName(domain)?.Port ?? HostAndPort.DefaultPort;

    /// <summary>The SRV record of a domain, as it must be: it names the IM domain, because clients make the IM URL from its target. [white paper]</summary>
    public ZoneRecord ServiceRecord(string domain, string imDomain) =>
        new(DomainResolver.ServicePrefix + domain + ".", "SRV", $"0 0 {PortOf(imDomain)} {imDomain}.");
}
