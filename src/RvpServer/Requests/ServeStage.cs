using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary><em>Serve</em>, the last stage: by a node here, by relay, by referral, or by proxy.</summary>
internal sealed class ServeStage(INodes nodes, Relay relay, HomeProxy proxy, Waits waits)
{
    /// <summary>The answer; null if it was written already.</summary>
    public async ValueTask<Answer?> ServeAsync(RvpContext context)
    {
        switch (context.Way)
        {
            case Way.Here or Way.ByRelay:
                return await AskAsync(context);
            case Way.ByReferral referral:
                await Referral.WriteAsync(context, referral.HomeServer);
                return null;
            case Way.ByProxy elsewhere:
                await proxy.ForwardAsync(context, elsewhere.HomeServer);
                return null;
            case Way.Unknown:
                return new Answer.Refused(context.Caller.Caller.Principal is null ? Refusal.ProofNeeded : Refusal.NoSuchNode);
            default:
                return new Answer.Refused(Refusal.NoSuchNode);
        }
    }

    private async ValueTask<Answer> AskAsync(RvpContext context)
    {
        // Taken before the message is: who is told to come back must not send twice.
        using var seat = context.Request is Notify ? waits.Sit(context, Awaited.Delivery) : null;
        var reply = context.Way is Way.ByRelay
            ? await relay.AskAsync(context)
            : await nodes.AskAsync(
                context.Node.Url, NodeLocator.OwnerOf(context.Node.Account!), context.Request!, context.Caller.Caller, context.Stop);
        if (reply.Delivered is not { } delivered) return reply.Answer;
        // Its bytes are in the queue of its receiver, which is bounded.
        (context.Request, context.Body) = (null, default);
        context.Place?.Leave();
        return await delivered;
    }
}
