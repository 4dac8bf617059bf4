using System.Net;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Network;

namespace RvpServer.Federation;

/// <summary>
/// Whether RVP-From-Principal is believed without proof (as <c>assertion</c>):
/// <list type="bullet">
/// <item>for an account hosted in this process never, whatever the mode and source: our own users can prove who they are;</item>
/// <item>for an account of our own domains whose home server is elsewhere, according to the directory: from that home server's addresses, or a trusted
/// range;</item>
/// <item>for an account of another organisation that is not kept out: from an address that its domain names in DNS, or a trusted range; from anywhere if
/// nothing is checked;</item>
/// <item>for a principal whose host is no domain (an address, a single label) only from a trusted range: everybody has an address. (Decision)</item>
/// </list>
/// If DNS fails or is slow, the sender is not believed.
/// </summary>
internal sealed class SenderTrust(FederationOptions options, FederatedDomains federated, ImDomains domains, DomainResolver resolver, TimeProvider clock)
{
    /// <summary>The request waits for this time; a sender that is not believed gets a challenge and may try again. Decision.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>True if <paramref name="source"/> may assert the principal.</summary>
    public async ValueTask<bool> IsBelievedAsync(NodeEntry principal, IPAddress source, CancellationToken stop)
    {
        var address = PlainAddresses.Of(source);
        switch (principal.Location)
        {
            case NodeLocation.AtHome away:
                return options.Trusted.Cover(address) || await NamesAsync(resolver.AddressesForDialingAsync(away.Host.Host, stop).AsTask(), address, stop);
            case NodeLocation.Foreign when federated.Include(principal.Url.Host) && !domains.All.Any(domain => domain.Covers(principal.Url.Host)):
                if (options.Trusted.Cover(address)) return true;
                if (!HostName.IsDomain(principal.Url.Host)) return false;
                return options.SourceCheck == SourceCheck.None
                    || await NamesAsync(resolver.AddressesOfAsync(principal.Url.Host, stop).AsTask(), address, stop);
            default:
                return false;
        }
    }

    private async ValueTask<bool> NamesAsync<T>(Task<T> lookup, IPAddress address, CancellationToken stop)
        where T : IEnumerable<IPAddress>
    {
        try
        {
            return (await lookup.WaitAsync(Patience, clock, stop)).Contains(address);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
