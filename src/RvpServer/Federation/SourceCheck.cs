using System.Net;
using Rvp.Protocol;
using RvpServer.Dns;
using RvpServer.Network;

namespace RvpServer.Federation;

/// <summary>Whom to believe without proof.</summary>
internal enum SourceCheckMode
{
    /// <summary>Who comes from an address that the principal's domain names.</summary>
    Dns,

    /// <summary>Everybody, as Exchange did.</summary>
    None,
}

/// <summary>
/// Whether RVP-From-Principal counts without proof (as <c>assertion</c>). Never for a domain that is hosted here, whatever the mode and wherever
/// it comes from: our own people can prove who they are. A DNS that fails or is slow means no.
/// </summary>
/// <param name="mode">Whom to believe.</param>
/// <param name="trusted">Ranges that are believed about every domain not hosted here.</param>
/// <param name="hostedHere">IM domains, mail domains and host names of the virtual servers, lower case.</param>
/// <param name="resolver">Knows the domains' addresses.</param>
/// <param name="time">Measures the patience.</param>
internal sealed class SourceCheck(
    SourceCheckMode mode, IReadOnlyList<IPNetwork> trusted, IReadOnlySet<string> hostedHere, DomainResolver resolver, TimeProvider time)
{
    /// <summary>The request waits meanwhile; an unbelieved sender gets a challenge and may come again. Decision.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>True where <paramref name="source"/> speaks for the principal's domain.</summary>
    public async ValueTask<bool> IsBelievedAsync(RvpUrl principal, IPAddress source, CancellationToken stop)
    {
        // A trailing dot names the same host.
        var domain = principal.Host.TrimEnd('.');
        if (hostedHere.Contains(domain)) return false;
        if (mode == SourceCheckMode.None) return true;
        var address = PlainAddresses.Of(source);
        if (trusted.Any(range => range.Contains(address))) return true;

        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            return (await resolver.AddressesOfAsync(domain, either.Token)).Contains(address);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
