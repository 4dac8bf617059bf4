using RvpServer.Configuration;
using RvpServer.Federation;

namespace RvpServer.Cli;

/// <summary>What the dns commands work on.</summary>
/// <param name="Servers">The configured virtual servers.</param>
/// <param name="MailDomains">Mail domain → IM domain, both lower case.</param>
/// <param name="Resolver">Asks the configured DNS servers.</param>
/// <param name="Out">What was asked for.</param>
/// <param name="Error">Complaints.</param>
internal sealed record DnsCommandEnvironment(
    IReadOnlyList<VirtualServer> Servers, IReadOnlyDictionary<string, string> MailDomains, DomainResolver Resolver, TextWriter Out, TextWriter Error)
{
    /// <summary>The port on which an IM domain is reached: that of the virtual server that answers to its name, a router first; 80 where it is elsewhere.</summary>
    public int PortOf(string domain) =>
        Servers.Where(server => server.HostNames.Contains(domain)).OrderByDescending(server => server.Role == Role.Router).FirstOrDefault()?.Port
        ?? DomainResolver.DefaultPort;

    /// <summary>The SRV record of a domain, as it must be: it names the IM domain, because clients make the IM URL from its target. [white paper]</summary>
    public ZoneRecord ServiceRecord(string domain, string imDomain) =>
        new(DomainResolver.ServicePrefix + domain + ".", "SRV", $"0 0 {PortOf(imDomain)} {imDomain}.");
}
