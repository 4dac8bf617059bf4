using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;

namespace RvpServer.Home;

/// <summary>A request's way from socket to reply.</summary>
internal sealed class NodeEndpoint(
    VirtualServerTable servers, ImDomains domains, PrincipalNames names, IDirectory directory, CallerIdentity identity, RequestReader reader, Nodes nodes, LongPoll longPoll, HomeLimits limits)
{
    public async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        var verb = VerbTable.Find(context.Request.Method) ?? throw new RvpException(VerbTable.RefusalOf(context.Request.Method));
        var server = servers.Find(context.Request.Host) ?? throw new RvpException(Refusal.NoSuchHost);
        var asSpelt = Target(context, server);
        var node = await names.CanonicalAsync(asSpelt, stop);
        var account = await FindAccountAsync(node, server, stop) ?? throw new RvpException(Refusal.NoSuchNode);

        var identified = await identity.IdentifyAsync(context, server, stop);
        // Nobody may do anything; asked for proof before the body is looked at: a client that expects the challenge may send none yet. [client: curl]
        if ((identified.Refusal ?? (identified.Caller.Principal is null ? Refusal.ProofNeeded : null)) is { } refusal)
        {
            await RefuseAsync(context, server, identified, refusal);
            return;
        }

        var body = verb.Body == BodyKind.None ? default : await BodyReader.ReadAsync(context, limits.MaxBodyBytes, stop);
        RequireXml(context, verb, body);
        var address = Address(context);
        var request = await verb.Read(new Asked(identified.Caller, asSpelt, address, context.Request.Headers, body), reader, stop);

        var slot = nodes.GetOrAdd(node, account);
        var handled = request is Poll poll
            ? await longPoll.HandleAsync(slot, poll, RequestReader.Wait(context.Request.Headers), identified.Caller, stop)
            : await nodes.HandleAsync(slot, request, identified.Caller, stop);
        var answer = handled.Answer is Answer.AsDelivered wanted
            ? await Acknowledgements.AwaitAsync(wanted, handled.Deliveries, stop)
            : handled.Answer;

        if (answer is Answer.Refused { Refusal: var reason }) await RefuseAsync(context, server, identified, reason);
        else await AnswerWriter.WriteAsync(context, answer);
    }

    /// <summary>Answers what no row of the verb table knows.</summary>
    public static Task RefuseVerb(HttpContext context) => throw new RvpException(VerbTable.RefusalOf(context.Request.Method));

    private RvpUrl Target(HttpContext context, VirtualServer server)
    {
        var rawTarget = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var host = context.Request.Host.HasValue ? context.Request.Host.Value : server.HostNames[0];
        return RvpUrl.TryParseTarget(host, rawTarget, domains.PortOf(server.Domain), out var target)
            ? target : throw new RvpException("The request target is not a node's URL.");
    }

    private async ValueTask<Account?> FindAccountAsync(RvpUrl node, VirtualServer server, CancellationToken stop)
    {
        if (node.Host != server.Domain || node.AliasName is not { } name) return null;
        return await directory.FindAsync(node.Host, name, stop) is { IsEnabled: true } account ? account : null;
    }

    private Task RefuseAsync(HttpContext context, VirtualServer server, Identified identified, Refusal refusal)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized) identity.Challenge(context, server, identified.Authentication);
        return AnswerWriter.WriteAsync(context, new Answer.Refused(refusal));
    }

    private static void RequireXml(HttpContext context, Verb verb, ReadOnlyMemory<byte> body)
    {
        if (verb.Body != BodyKind.Xml) return;
        var type = context.Request.ContentType;
        if (!string.IsNullOrEmpty(type) && !type.StartsWith("text/xml", StringComparison.OrdinalIgnoreCase) && !type.StartsWith("application/xml", StringComparison.OrdinalIgnoreCase))
            throw new RvpException(Refusal.NotXml);
        if (body.IsEmpty) throw new RvpException("The body is missing.");
    }

    private static IPAddress Address(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}

/// <summary>Limits that the endpoint itself keeps.</summary>
/// <param name="MaxBodyBytes">Largest body, in bytes.</param>
internal sealed record HomeLimits(int MaxBodyBytes);
