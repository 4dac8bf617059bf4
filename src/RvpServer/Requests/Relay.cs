using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary>
/// Relays for our own users: a request to their own home server for the physical URL of a node elsewhere is sent to that node in their name. This is how
/// clients that cannot reach the other server talk to it, and how their own server asserts who they are. Nobody else is relayed for. (Decision)
/// </summary>
internal sealed class Relay(INodes nodes, Peers peers, Waits waits, Rules rules)
{
    /// <summary>The answer of the node elsewhere.</summary>
    public async ValueTask<NodeReply> AskAsync(RvpContext context)
    {
        var (node, principal) = (context.Node.Url, context.Caller.Caller.Principal!);
        var request = context.Request!;
        if (request is Notify notify)
        {
            if (notify.HopCount > rules.MaxHops) return new(new Answer.Refused(Refusal.Loop));
            if (!notify.Head.From.Equals(principal)) return new(new Answer.Refused(Refusal.ForeignSender));
        }
        if (PeerRequest.Of(request, node, principal, context.Body) is not { } peerRequest)
        {
            return new(new Answer.Refused(Refusal.NoSuchNode));
        }

        switch (context.Node.Location)
        {
            case NodeLocation.Here:
                // For another domain in this process. A client's address never leaves its own home server: notifications come through the watcher's node.
                if (request is Watch watch) request = watch with { Callback = new Callback.Logical(principal) };
                return await nodes.AskAsync(node, NodeLocator.OwnerOf(context.Node.Account!), request, context.Caller.Caller, context.Stop);
            case NodeLocation.AtHome away:
                return new(PeerAnswers.ForCaller(request, node, await AskPeerAsync(context, peerRequest, away.Host)));
            case NodeLocation.Foreign:
                // Noted before, since the first change may come with the answer.
                if (request is Watch asked) await NoteWatchAsync(context, rules.Grant(asked.Lifetime));
                var answer = PeerAnswers.ForCaller(request, node, await AskPeerAsync(context, peerRequest, null));
                if (request is Watch or Renew && answer is Answer.Done granted) await NoteWatchAsync(context, granted.Lifetime);
                return new(answer);
            default:
                return new(new Answer.Refused(Refusal.NoSuchNode));
        }
    }

    // What the other has done then is not undone for the lack of a place: the little that follows needs none.
    private async Task<PeerAnswer> AskPeerAsync(RvpContext context, PeerRequest request, HostAndPort? homeServer)
    {
        using var seat = waits.Sit(context, Awaited.Server, homeServer is { } home ? home : context.Node.Url.Host);
        context.Place?.Leave();
        return await peers.AskAsync(request, homeServer, context.Stop);
    }

    // In the caller's own node, which is here: it lets the changes of that contact through.
    private async ValueTask NoteWatchAsync(RvpContext context, TimeSpan? lifetime)
    {
        var own = context.Caller.Principal!.Value;
        var note = new NoteWatch(context.Node.Url, lifetime);
        await nodes.AskAsync(own.Url, NodeLocator.OwnerOf(own.Account!), note, new Caller(own.Url, Credentials.Internal), context.Stop);
    }
}
