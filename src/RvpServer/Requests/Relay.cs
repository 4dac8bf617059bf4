using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary>
/// Relays for our own people: a physical URL of a node elsewhere, asked of one's own home server, is asked there on one's behalf and as oneself. It is
/// how clients that cannot reach the other server talk to it, and how their own server vouches for them. Nobody else is relayed for. (Decision)
/// </summary>
internal sealed class Relay(INodes nodes, Peers peers, Rules rules)
{
    /// <summary>What the node elsewhere answers.</summary>
    public async ValueTask<Answer> AskAsync(RvpContext context)
    {
        var (node, principal) = (context.Node.Url, context.Caller.Caller.Principal!);
        var request = context.Request!;
        if (request is Notify notify)
        {
            if (notify.HopCount > rules.MaxHops) return new Answer.Refused(Refusal.Loop);
            if (!notify.Head.From.Equals(principal)) return new Answer.Refused(Refusal.ForeignSender);
        }
        if (PeerRequest.Of(request, node, principal, context.Body, context.Http.Request.ContentType ?? RvpHeaders.Xml) is not { } peerRequest)
        {
            return new Answer.Refused(Refusal.NoSuchNode);
        }

        switch (context.Node.Location)
        {
            case NodeLocation.Here:
                // To a neighbour domain of this process. No client address leaves its own home server: the news come by way of the watcher's node.
                if (request is Watch watch) request = watch with { Callback = new Callback.Logical(principal) };
                return await nodes.AskAsync(node, ServeStage.OwnerOf(context.Node.Account!), request, context.Caller.Caller, context.Stop);
            case NodeLocation.AtHome away:
                return PeerAnswers.ForCaller(request, await peers.AskAsync(peerRequest, away.Host, context.Stop));
            case NodeLocation.Foreign:
                return PeerAnswers.ForCaller(request, await peers.AskAsync(peerRequest, null, context.Stop));
            default:
                return new Answer.Refused(Refusal.NoSuchNode);
        }
    }
}
