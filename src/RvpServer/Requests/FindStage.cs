using Microsoft.AspNetCore.Http.Features;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;

namespace RvpServer.Requests;

/// <summary>
/// <em>Find</em>, the first stage: which virtual server was asked, which node is meant, where it is, and so how the request is served. Domains and
/// directory are asked once.
/// </summary>
internal sealed class FindStage(VirtualServerTable servers, ImDomains domains, NodeLocator locator, Firewall firewall)
{
    /// <summary>The request with its node. Throws <see cref="RvpException"/> where there is no such server or the target is no node's URL.</summary>
    public async ValueTask<RvpContext> FindAsync(HttpContext http, Verb verb)
    {
        var server = servers.Find(http.Request.Host) ?? throw new RvpException(Refusal.NoSuchHost);
        var target = TargetOf(http, server);
        var context = new RvpContext(http, verb, server, target, await locator.LocateAsync(target, http.RequestAborted));
        await ChooseAsync(context, mayRelay: true);
        return context;
    }

    /// <summary>How the request is served where its caller is none of the people whom this server relays for.</summary>
    public ValueTask WithoutRelayAsync(RvpContext context) => ChooseAsync(context, mayRelay: false);

    private async ValueTask ChooseAsync(RvpContext context, bool mayRelay)
    {
        var location = await LocationForAsync(context);
        var isRelayable = mayRelay && context.Verb.IsRelayed && context.Server.Role == Role.Home && context.Node.Url.HomeHost is not null;
        switch (location)
        {
            case NodeLocation.Here here when here.Server == context.Server:
                context.Way = Way.Here.Instance;
                break;
            case not NodeLocation.Nowhere when isRelayable:
                context.Way = Way.ByRelay.Instance;
                break;
            case NodeLocation.Here here when firewall.Refers(context.Address):
                context.Way = new Way.ByReferral(here.Server.PublicHost);
                break;
            case NodeLocation.Here here:
                // Proxied to a home server of this very process: as if that had been asked, without the detour over a socket.
                FrontProxies.TreatAsProxied(context.Http);
                context.Server = here.Server;
                await ChooseAsync(context, mayRelay);
                break;
            case NodeLocation.AtHome away:
                context.Way = firewall.Refers(context.Address) ? new Way.ByReferral(away.Host) : new Way.ByProxy(away.Host);
                break;
            default:
                context.Way = Way.Nowhere.Instance;
                break;
        }
    }

    // A domain that happens to live in this process too is as foreign as any other. A router relays nothing itself: the caller's own home server does,
    // wherever that is.
    private async ValueTask<NodeLocation> LocationForAsync(RvpContext context)
    {
        var (node, server) = (context.Node, context.Server);
        if (node.Url.Host == server.Domain) return node.Location;
        if (node.Url.HomeHost is null) return NodeLocation.Nowhere.Instance;
        if (server.Role == Role.Home) return NodeLocation.Foreign.Instance;
        if (RequestHeaders.Principal(context.Http.Request.Headers) is not { } claimed) return NodeLocation.Nowhere.Instance;
        var caller = context.Claimed ??= await locator.LocateAsync(claimed, node.Account, context.Stop);
        return caller.Url.Host == server.Domain ? caller.Location : NodeLocation.Nowhere.Instance;
    }

    private RvpUrl TargetOf(HttpContext http, VirtualServer server)
    {
        var rawTarget = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var host = http.Request.Host.HasValue ? http.Request.Host.Value : server.HostNames[0];
        return RvpUrl.TryParseTarget(host, rawTarget, domains.Find(server.Domain)!.Port, out var target)
            ? target : throw new RvpException("The request target is not a node's URL.");
    }
}
