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
/// <item>for an account of another organisation: from an address that its domain names in DNS, or a trusted range; from anywhere if nothing is checked.</item>
/// </list>
/// If DNS fails or is slow, the sender is not believed.
/// </summary>
internal sealed class SenderTrust(FederationOptions options, ImDomains domains, DomainResolver resolver, TimeProvider clock)
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
            case NodeLocation.Foreign when options.Enabled && !domains.All.Any(domain => domain.Covers(principal.Url.Host)):
                return options.SourceCheck == SourceCheck.None || options.Trusted.Cover(address)
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
