using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Directories;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary><em>Serve</em>, the last stage: by a node here, by relay, by referral, or by proxy.</summary>
internal sealed class ServeStage(INodes nodes, Relay relay, HomeProxy proxy, Waits waits)
{
    /// <summary>What the node says, asked here or by relay.</summary>
    public ValueTask<NodeReply> AskAsync(RvpContext context) => context.Way is Way.ByRelay
        ? relay.AskAsync(context)
        : nodes.AskAsync(context.Node.Url, NodeLocator.OwnerOf(context.Node.Account!), context.Request!, context.Caller.Caller, context.Stop);

    /// <summary>
    /// A seat for who may have to wait until a message is delivered; null: it is none. Taken before the message is, for who is told to come back must not send
    /// twice.
    /// </summary>
    public Seat? SeatFor(RvpContext context) => context.Request is Notify ? waits.Sit(context, Awaited.Delivery) : null;

    /// <summary>Leads a request to where its node is, or gives the refusal if that is nowhere.</summary>
    public async ValueTask<Answer?> LeadAsync(RvpContext context)
    {
        switch (context.Way)
        {
            case Way.ByReferral referral:
                await Referral.WriteAsync(context, referral.HomeServer);
                return null;
            case Way.ByProxy elsewhere:
                await proxy.ForwardAsync(context, elsewhere.HomeServer);
                return null;
            case Way.Unknown when context.Caller.IsNobody:
                return new Answer.Refused(Refusal.ProofNeeded);
            default:
                return new Answer.Refused(Refusal.NoSuchNode);
        }
    }
}
