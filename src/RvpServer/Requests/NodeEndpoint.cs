using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Runtime;
using RvpServer.Web;

namespace RvpServer.Requests;

/// <summary>
/// The path of a request from socket to reply, in four stages: find, identify, read, serve. Between judging and reading it takes a place, which counts against
/// the share of the caller that it has by then. So nobody's body is read before the caller is believed. Places are for work: whoever waits has none
/// (<see cref="Waits"/>).
/// </summary>
internal sealed class NodeEndpoint(FindStage find, IdentifyStage identify, ReadStage read, ServeStage serve, Authenticator authenticator, RequestPlaces places,
    ConnectionShares connections, RefusalPacing pacing, AbuseLog abuse, SentMessages sent)
{
    /// <summary>Answers a request for a verb of the table.</summary>
    public async Task HandleAsync(HttpContext http, Verb verb)
    {
        if (await AdmitAsync(http, verb) is not { } context) return;
        using var place = context.Place;
        await read.ReadAsync(context);
        var message = sent.Find(context);
        Answer answer;
        using (serve.SeatFor(context))
        {
            var reply = await serve.AskAsync(context);
            if (reply.Delivered is not { } delivered)
            {
                answer = reply.Answer;
            }
            else
            {
                context.HasGivenAway();
                answer = await delivered;
            }
        }
        sent.Note(message, answer);
        await AnswerAsync(context, answer);
    }

    /// <summary>The same for a verb that may wait long. The stages are over while it waits: thousands may.</summary>
    public async Task HandleLongAsync(HttpContext http, Verb verb)
    {
        if (await BeginAsync(http, verb) is not { } late) return;
        RequestHeaders.Forget(http.Request.Headers);
        await AnswerAsync(http, late.Server, CallerIdentity.Nobody, await late.Coming, late.IsWebClient);
    }

    private async ValueTask<(Task<Answer> Coming, VirtualServer Server, bool IsWebClient)?> BeginAsync(HttpContext http, Verb verb)
    {
        if (await AdmitAsync(http, verb) is not { } context) return null;
        await read.ReadAsync(context);
        var reply = await serve.AskAsync(context);
        if (reply.Delivered is { } coming) return (coming, context.Server, context.IsWebClient);
        await AnswerAsync(context, reply.Answer);
        return null;
    }

    /// <summary>Answers whatever no node here has to be asked for; of the rest gives those who may ask, with their place.</summary>
    private async ValueTask<RvpContext?> AdmitAsync(HttpContext http, Verb verb)
    {
        var urgency = verb.UrgencyOf(http.Request.Headers);
        if (!places.HasRoomFor(urgency, http.Request))
        {
            await RequestPlaces.RefuseAsync(http);
            return null;
        }
        var context = await find.FindAsync(http, verb);
        if (await JudgeAsync(context) is { } refusal)
        {
            await AnswerAsync(context, new Answer.Refused(refusal));
            return null;
        }
        if (context.Way is not (Way.Here or Way.ByRelay))
        {
            if (await serve.LeadAsync(context) is { } refused) await AnswerAsync(context, refused);
            return null;
        }
        if (verb.WaitsLong) return context;
        context.Place = places.TryTake(context.Sharer, context.Address, urgency, context.Server.Domain);
        if (context.Place is not null) return context;
        await RequestPlaces.RefuseAsync(http);
        return null;
    }

    /// <summary>Finds who asks, and against whose share the request counts; gives a refusal if the request ends here.</summary>
    private async ValueTask<Refusal?> JudgeAsync(RvpContext context)
    {
        if (context.Way is not (Way.Here or Way.ByRelay or Way.Unknown)) return null;
        await identify.IdentifyAsync(context);
        if (RefusalOf(context) is { } refusal) return refusal;
        if (!context.Caller.IsNobody) Admit(context);
        if (context.Way is not Way.ByRelay) return null;
        await ChooseRelayAsync(context);
        // Not relayed, but served by another home server of this process: strangers prove themselves there too.
        return context.Way is Way.Here or Way.Unknown ? RefusalOf(context) : null;
    }

    private void Admit(RvpContext context)
    {
        var caller = context.Caller.Caller;
        context.Sharer = context.Caller.SharerAt(context.Address);
        if (caller.IsProven)
        {
            connections.Prove(context.Http, caller.Principal!);
            pacing.GiveBack(context.Address);
        }
        else
        {
            RefusalPacing.Believe(context.Http);
        }
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
        if (answer is Answer.Refused { Refusal: var refusal } refused)
        {
            if (refused.IsForLackOfRoom) abuse.Refused(AbuseKind.Queues, context.Address);
            if (refusal == Refusal.NodeFull) abuse.Refused(AbuseKind.Watches, context.Address);
        }
        return AnswerAsync(context.Http, context.Realm, context.Caller, answer, context.IsWebClient);
    }

    private Task AnswerAsync(HttpContext http, VirtualServer server, CallerIdentity caller, Answer answer, bool isWebClient)
    {
        if (answer is Answer.Refused { Refusal.Status: StatusCodes.Status401Unauthorized })
        {
            // The web client gets a challenge for which no browser asks for a password.
            if (isWebClient) http.Response.Headers.WWWAuthenticate = SessionEndpoint.Challenge;
            else authenticator.Challenge(http, server, caller.Authentication);
        }
        return AnswerWriter.WriteAsync(http, answer, caller.RetryAfter);
    }
}
