using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;
using RvpServer.Web;

namespace RvpServer.Requests;

/// <summary>
/// <em>Find</em>, the first stage: which virtual server and which node are meant, where the node is, and so how the request is served. Domains and directory
/// are asked once.
/// </summary>
internal sealed class FindStage(VirtualServerTable servers, ImDomains domains, MovedHomes moved, Waits waits, Firewall firewall, HomesElsewhere elsewhere,
    TimeProvider clock)
{
    /// <summary>How long a request waits for a node that is moving to another home server; that takes a moment, unless the other one dies in it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The request with its node. Throws <see cref="RvpException"/> when there is no such server or the target is not a node's URL.</summary>
    public async ValueTask<RvpContext> FindAsync(HttpContext http, Verb verb)
    {
        var server = servers.Find(HostHeader.Of(http.Request)) ?? throw new RvpException(Refusal.NoSuchHost);
        var target = TargetOf(http, server);
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        var node = await waits.LocateAsync(target, known: null, address, http.RequestAborted);
        if (moved.SettlingOf(node.Url) is { } settling)
        {
            await settling.WaitAsync(Patience, clock, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            node = await waits.LocateAsync(target, known: null, address, http.RequestAborted);
        }
        var context = new RvpContext(http, verb, server, target, node) { IsWebClient = server.Role == Role.Router && BrowserRequest.IsWebClient(http) };
        await ChooseAsync(context, mayRelay: true);
        return context;
    }

    /// <summary>How the request is served if its caller is not a user for whom this server relays.</summary>
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
            case not NodeLocation.Nowhere when isRelayable && !await IsAtHomeElsewhereAsync(context):
                context.Way = Way.ByRelay.Instance;
                break;
            case NodeLocation.Here here when Refers(context):
                context.Way = new Way.ByReferral(here.Server.PublicHost);
                break;
            case NodeLocation.Here here:
                // Proxied to a home server in this same process: handled as if that server had been asked, without going through a socket.
                FrontProxies.TreatAsProxied(context.Http);
                context.Server = here.Server;
                await ChooseAsync(context, mayRelay);
                break;
            case NodeLocation.AtHome away:
                elsewhere.Remember(context.Server.Domain, away.Host);
                context.Way = Refers(context) ? new Way.ByReferral(away.Host) : new Way.ByProxy(away.Host);
                break;
            case NodeLocation.Nowhere when context.Node.Url.Host == context.Server.Domain:
                ChooseForUnknown(context);
                break;
            default:
                context.Way = Way.Nowhere.Instance;
                break;
        }
    }

    // For such a person nothing is relayed, whatever it proves; and only its home server can tell whether the proof is right.
    private async ValueTask<bool> IsAtHomeElsewhereAsync(RvpContext context)
    {
        if (RequestHeaders.Principal(context.Http.Request.Headers) is not { } claimed) return false;
        var caller = context.Claimed ??= await waits.LocateAsync(claimed, context.Node.Account, context.Address, context.Stop);
        return caller.Location is NodeLocation.AtHome;
    }

    // A browser follows nobody to another server.
    private bool Refers(RvpContext context) => firewall.Refers(context.Address) && !BrowserRequest.IsWebClient(context.Http);

    // Whom a router refers learns from the referral anyway that a node exists. All others get what a home server of the domain answers, so that they cannot
    // tell; always the same one for a name, as if it were at home there.
    private void ChooseForUnknown(RvpContext context)
    {
        context.Way = Way.Unknown.Instance;
        if (context.Server.Role == Role.Home) return;
        if (firewall.Refers(context.Address))
        {
            context.Way = Way.Nowhere.Instance;
            return;
        }
        var here = domains.Find(context.Server.Domain)!.Homes;
        var away = elsewhere.Of(context.Server.Domain);
        if (here.Count + away.Count == 0)
        {
            // It answers itself, with the challenges that a home server behind it would give.
            FrontProxies.TreatAsProxied(context.Http);
            return;
        }
        var choice = (context.Node.Url.GetHashCode() & int.MaxValue) % (here.Count + away.Count);
        if (choice >= here.Count)
        {
            context.Way = new Way.ByProxy(away[choice - here.Count]);
            return;
        }
        FrontProxies.TreatAsProxied(context.Http);
        context.Server = here[choice];
    }

    // A domain that also happens to be hosted in this process is as foreign as any other. A router itself relays nothing: the caller's own home server does,
    // wherever it is.
    private async ValueTask<NodeLocation> LocationForAsync(RvpContext context)
    {
        var (node, server) = (context.Node, context.Server);
        // The web client asks its person's home server for everything, which relays.
        var isWeb = context.IsWebClient && server.Role == Role.Router;
        if (node.Url.Host == server.Domain && !isWeb) return node.Location;
        if (node.Url.HomeHost is null) return NodeLocation.Nowhere.Instance;
        if (server.Role == Role.Home) return NodeLocation.Foreign.Instance;
        if (RequestHeaders.Principal(context.Http.Request.Headers) is not { } claimed) return NodeLocation.Nowhere.Instance;
        var caller = context.Claimed ??= await waits.LocateAsync(claimed, node.Account, context.Address, context.Stop);
        return caller.Url.Host == server.Domain ? caller.Location : NodeLocation.Nowhere.Instance;
    }

    private RvpUrl TargetOf(HttpContext http, VirtualServer server)
    {
        var rawTarget = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var host = HostHeader.Of(http.Request);
        return RvpUrl.TryParseTarget(host.IsGiven ? host.Text : server.HostNames[0], rawTarget, domains.Find(server.Domain)!.Port, out var target)
            ? target : throw new RvpException("The request target is not a node's URL.");
    }
}
