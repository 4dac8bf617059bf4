using System.Net;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Network;

namespace RvpServer.Federation;

/// <summary>
/// Whether another home server of our own domain speaks for one of its accounts. Only where the directory says that the account lives there, and
/// the request comes from that host's address or a trusted range; never for accounts hosted in this process, which prove who they are.
/// </summary>
/// <param name="locator">Knows where accounts live.</param>
/// <param name="resolver">Knows the addresses of hosts.</param>
/// <param name="trusted">Ranges that are believed.</param>
/// <param name="time">Measures the patience.</param>
internal sealed class FellowCheck(NodeLocator locator, DomainResolver resolver, IReadOnlyList<IPNetwork> trusted, TimeProvider time)
{
    /// <summary>True where <paramref name="source"/> speaks for the account; its URL is canonical.</summary>
    public async ValueTask<bool> IsBelievedAsync(RvpUrl principal, IPAddress source, CancellationToken stop)
    {
        if ((await locator.LocateAsync(principal, stop)).Location is not NodeLocation.AtHome away) return false;
        var address = PlainAddresses.Of(source);
        if (trusted.Any(range => range.Contains(address))) return true;

        using var patience = new CancellationTokenSource(SourceCheck.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            return (await resolver.AddressesForDialingAsync(away.Host.Host, either.Token)).Contains(address);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
