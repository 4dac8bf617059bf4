using System.Net;
using RvpServer.Dns;
using RvpServer.Network;

namespace RvpServer.Http;

/// <summary>
/// Which requests come from a router of the organisation that no list names: those with a proof by the organisation's key; where there is no key, those that
/// come from an address that DNS names for the IM domain, since that is where its routers are. A server that answers for the IM domain itself has no router in
/// front of it.
/// </summary>
internal sealed class RouterTrust(VirtualServerTable servers, DomainResolver resolver, TimeProvider clock, OrganisationProof? proof = null)
{
    /// <summary>How long a request waits for DNS, whose answers are kept. Decision: a router whose address is not known by then is a stranger.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Takes the router's word for where a request is from; false if it is from no router.</summary>
    public async ValueTask<bool> AcceptAsync(HttpContext context)
    {
        if (context.Request.Headers.Via.Count == 0) return false;
        var forwarded = ForwardedRequest.Of(context.Request.Headers);
        if (!(proof?.IsIn(context, forwarded.Said) ?? await IsNamedAsync(context))) return false;
        if (!forwarded.Apply(context)) return false;
        var marks = RequestMarks.Of(context);
        (marks.IsProxied, marks.IsRouted) = (true, true);
        if (forwarded.Host.Length > 0) marks.OriginalHost = forwarded.Host;
        return true;
    }

    private async ValueTask<bool> IsNamedAsync(HttpContext context)
    {
        if (servers.Find(HostHeader.Of(context.Request)) is not { Domain: var domain } || servers.Find(new HostHeader(domain)) is not null) return false;
        var source = PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None);
        try
        {
            var lookup = resolver.AddressesForDialingAsync(domain, CancellationToken.None).AsTask();
            return (await lookup.WaitAsync(Patience, clock, context.RequestAborted)).Contains(source);
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
