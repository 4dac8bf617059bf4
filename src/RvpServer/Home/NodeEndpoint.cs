using Microsoft.AspNetCore.Http.Features;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Http;
using RvpServer.Router;

namespace RvpServer.Home;

/// <summary>A request's way from socket to reply: first where its node is, then what it does there.</summary>
internal sealed class NodeEndpoint(
    VirtualServerTable servers, ImDomains domains, NodeLocator locator, Forwarder forwarder, Relay relay, CallerIdentity identity, RequestReader reader, Nodes nodes, LongPoll longPoll)
{
    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        var verb = VerbTable.Find(context.Request.Method) ?? throw new RvpException(VerbTable.RefusalOf(context.Request.Method));
        var server = servers.Find(context.Request.Host) ?? throw new RvpException(Refusal.NoSuchHost);
        var asSpelt = Target(context, server);
        var found = await locator.LocateAsync(asSpelt, stop);

        await DispatchAsync(context, verb, server, found, asSpelt, stop);
    }

    /// <summary>Answers what no row of the verb table knows.</summary>
    public static Task RefuseVerb(HttpContext context) => throw new RvpException(VerbTable.RefusalOf(context.Request.Method));

    // Here, relayed for one of our own, referred or proxied, or nowhere.
    private async Task DispatchAsync(HttpContext context, Verb verb, VirtualServer server, NodeEntry found, RvpUrl asSpelt, CancellationToken stop)
    {
        var node = found.Url;
        switch (await WhereAsync(context, server, found, stop))
        {
            case NodeLocation.Here here when here.Server == server:
                await ServeAsync(context, verb, server, found.Account!, node, asSpelt, stop);
                break;
            case not NodeLocation.Nowhere when await relay.TryHandleAsync(context, verb, server, node, asSpelt, stop):
                break;
            case NodeLocation.Here here when forwarder.Refers(context):
                await Referral.WriteAsync(context, node, here.Server.PublicHost);
                break;
            case NodeLocation.Here here:
                // Proxied to a home server of this very process: as if that had been asked, without the detour over a socket.
                FrontProxies.TreatAsProxied(context);
                await DispatchAsync(context, verb, here.Server, found, asSpelt, stop);
                break;
            case NodeLocation.AtHome away:
                await forwarder.ForwardAsync(context, server, node, away.Host);
                break;
            default:
                throw new RvpException(Refusal.NoSuchNode);
        }
    }

    // A router relays nothing itself: the caller's own home server does, wherever that is.
    private async ValueTask<NodeLocation> WhereAsync(HttpContext context, VirtualServer server, NodeEntry found, CancellationToken stop)
    {
        var where = found.Url.Host == server.Domain ? found.Location : found.Url.HomeHost is not null ? NodeLocation.Foreign.Instance : (NodeLocation)NodeLocation.Nowhere.Instance;
        if (where is not NodeLocation.Foreign || server.Role == Role.Home) return where;
        return await identity.ClaimAsync(context, stop) is { } caller && caller.Host == server.Domain ? (await locator.LocateAsync(caller, stop)).Location : NodeLocation.Nowhere.Instance;
    }

    private async Task ServeAsync(HttpContext context, Verb verb, VirtualServer server, Account account, RvpUrl node, RvpUrl asSpelt, CancellationToken stop)
    {
        var identified = await identity.IdentifyAsync(context, server, stop);
        // Nobody may do anything; asked for proof before the body is looked at: a client that expects the challenge may send none yet. [client: curl]
        if ((identified.Refusal ?? (identified.IsNobody ? Refusal.ProofNeeded : null)) is { } refusal)
        {
            await identity.RefuseAsync(context, server, identified, refusal);
            return;
        }

        var caller = identified.Caller;
        var asked = await reader.TakeAsync(context, verb, caller, asSpelt, stop);
        var request = await verb.Read(asked, reader, stop);
        if (request is Notify { Head.IsPropertyChange: true } news)
        {
            caller = await identity.SpeakerAsync(context, identified, news.Head.From, stop);
            request = news with { Caller = caller };
        }

        var slot = nodes.GetOrAdd(node, account);
        var handled = request is Poll poll
            ? await longPoll.HandleAsync(slot, poll, RequestReader.Wait(context.Request.Headers), caller, stop)
            : await nodes.HandleAsync(slot, request, caller, stop);
        var answer = await Acknowledgements.AnswerAsync(handled, stop);

        if (answer is Answer.Refused { Refusal: var reason }) await identity.RefuseAsync(context, server, identified, reason);
        else await AnswerWriter.WriteAsync(context, answer);
    }

    private RvpUrl Target(HttpContext context, VirtualServer server)
    {
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var host = context.Request.Host.HasValue ? context.Request.Host.Value : server.HostNames[0];
        return RvpUrl.TryParseTarget(host, rawTarget, domains.Find(server.Domain)!.Port, out var target)
            ? target : throw new RvpException("The request target is not a node's URL.");
    }
}
