using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Nodes;

namespace RvpServer.Requests;

/// <summary><em>Serve</em>, the last stage: by a node here, by relay, by referral, or by proxy.</summary>
internal sealed class ServeStage(INodes nodes, Relay relay, HomeProxy proxy)
{
    /// <summary>The answer; null if it was written already.</summary>
    public async ValueTask<Answer?> ServeAsync(RvpContext context)
    {
        switch (context.Way)
        {
            case Way.Here:
                var owner = NodeLocator.OwnerOf(context.Node.Account!);
                return await nodes.AskAsync(context.Node.Url, owner, context.Request!, context.Caller.Caller, context.Stop);
            case Way.ByRelay:
                return await relay.AskAsync(context);
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
}
