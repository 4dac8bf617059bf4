using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Http;
using RvpServer.Web;

namespace RvpServer.Requests;

/// <summary>The path of a request from socket to reply, in four stages: find, identify, read, serve.</summary>
internal sealed class NodeEndpoint(FindStage find, IdentifyStage identify, ReadStage read, ServeStage serve, Authenticator authenticator)
{
    /// <summary>Answers a request for a verb of the table.</summary>
    public async Task HandleAsync(HttpContext http, Verb verb)
    {
        var context = await find.FindAsync(http, verb);
        if (context.Way is Way.Here or Way.ByRelay)
        {
            await identify.IdentifyAsync(context);
            var refusal = RefusalOf(context);
            if (refusal is null && context.Way is Way.ByRelay)
            {
                await ChooseRelayAsync(context);
                // Not relayed, but served by another home server of this process: strangers prove themselves there too.
                if (context.Way is Way.Here) refusal = RefusalOf(context);
            }
            if (refusal is not null)
            {
                await AnswerAsync(context, new Answer.Refused(refusal));
                return;
            }
        }
        if (context.Way is Way.Here or Way.ByRelay) await read.ReadAsync(context);
        if (await serve.ServeAsync(context) is { } answer) await AnswerAsync(context, answer);
    }

    // Anonymous callers are challenged before the body is read: a client that expects the challenge may not send one yet. [client: curl]
    private static Refusal? RefusalOf(RvpContext context)
    {
        var caller = context.Caller;
        var mustProve = context.Way is Way.ByRelay ? caller.IsAtHomeOn(context.Server) && !caller.Caller.IsProven : caller.IsNobody;
        return caller.Refusal ?? (mustProve ? Refusal.ProofNeeded : null);
    }

    // All other callers' requests for a node elsewhere are referred or proxied, or answered that the node is not here.
    private async ValueTask ChooseRelayAsync(RvpContext context)
    {
        if (!context.Caller.IsAtHomeOn(context.Server)) await find.WithoutRelayAsync(context);
        // For another domain the caller is a stranger, asserted by the caller's own server.
        else if (context.Node.Url.Host != context.Server.Domain)
        {
            context.Caller = context.Caller with { Caller = context.Caller.Caller with { Proof = Credentials.Assertion } };
        }
    }

    private Task AnswerAsync(RvpContext context, Answer answer)
    {
        if (answer is Answer.Refused { Refusal.Status: StatusCodes.Status401Unauthorized })
        {
            // The web client gets a challenge for which no browser asks for a password.
            if (BrowserRequest.IsWebClient(context.Http)) context.Http.Response.Headers.WWWAuthenticate = SessionEndpoint.Challenge;
            else authenticator.Challenge(context.Http, context.Server, context.Caller.Authentication);
        }
        return AnswerWriter.WriteAsync(context.Http, answer, context.Caller.RetryAfter);
    }
}
