using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Home;
using RvpServer.Http;

namespace RvpServer.Federation;

/// <summary>
/// Relays for our own people: a physical URL of a node elsewhere, asked of one's own home server, is asked there on one's behalf and as oneself. It is
/// how clients that cannot reach the other server talk to it, and how their own server vouches for them. Nobody else is relayed for. (Decision)
/// </summary>
internal sealed class Relay(CallerIdentity identity, RequestReader reader, NodeLocator locator, Nodes nodes, Peers peers, Rules rules)
{
    /// <summary>
    /// Answers the request if it is to be relayed: then true. False for everybody else's, and for what is not relayed; nothing of it has been read then.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="verb">Its verb.</param>
    /// <param name="server">The virtual server that was asked.</param>
    /// <param name="node">The canonical node.</param>
    /// <param name="asSpelt">The same as the caller wrote it.</param>
    /// <param name="stop">Ends it.</param>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Verb verb, VirtualServer server, RvpUrl node, RvpUrl asSpelt, CancellationToken stop)
    {
        if (server.Role != Role.Home || node.HomeHost is null || verb.Name is not ("NOTIFY" or "SUBSCRIBE" or "UNSUBSCRIBE" or "PROPFIND")) return false;

        var identified = await identity.IdentifyAsync(context, server, stop);
        var refusal = identified.Refusal;
        if (refusal is null)
        {
            if ((identified.Caller.Principal ?? identified.Claimed) is not { } principal || principal.Host != server.Domain) return false;
            if ((await locator.LocateAsync(principal, stop)).Location is not NodeLocation.Here here || here.Server != server) return false;
            if (!identified.Caller.IsProven) refusal = Refusal.ProofNeeded;
        }
        var answer = refusal is null
            ? await AnswerAsync(context, verb, server, identified.Caller, node, asSpelt, stop)
            : new Answer.Refused(refusal);
        if (answer is Answer.Refused refused) await identity.RefuseAsync(context, server, identified, refused.Refusal);
        else await AnswerWriter.WriteAsync(context, answer);
        return true;
    }

    private async Task<Answer> AnswerAsync(HttpContext context, Verb verb, VirtualServer server, Caller caller, RvpUrl node, RvpUrl asSpelt, CancellationToken stop)
    {
        // To a neighbour domain of this process the caller is a stranger whom its own server vouches for, as to any other.
        if (node.Host != server.Domain) caller = caller with { Proof = Credentials.Assertion };
        var asked = await reader.TakeAsync(context, verb, caller, asSpelt, stop);
        var request = await verb.Read(asked, reader, stop);
        if (request is Notify notify)
        {
            if (notify.HopCount > rules.MaxHops) return new Answer.Refused(Refusal.Loop);
            if (!notify.Head.From.Equals(caller.Principal)) return new Answer.Refused(Refusal.ForeignSender);
        }
        if (PeerRequest.Of(request, node, caller.Principal!, asked.Body, context.Request.ContentType ?? RvpHeaders.Xml) is not { } peerRequest) return new Answer.Refused(Refusal.NoSuchNode);

        var found = await locator.LocateAsync(node, stop);
        switch (found.Location)
        {
            case NodeLocation.Here:
                // No client address leaves its own home server: the news come by way of the watcher's node.
                if (request is Watch watch) request = watch with { Callback = new Callback.Logical(caller.Principal!) };
                return await Acknowledgements.AnswerAsync(await nodes.HandleAsync(nodes.GetOrAdd(node, found.Account!), request, caller, stop), stop);
            case NodeLocation.AtHome away:
                return PeerAnswers.ForCaller(request, await peers.AskAsync(peerRequest, away.Host, stop));
            case NodeLocation.Foreign:
                return PeerAnswers.ForCaller(request, await peers.AskAsync(peerRequest, null, stop));
            default:
                return new Answer.Refused(Refusal.NoSuchNode);
        }
    }
}
