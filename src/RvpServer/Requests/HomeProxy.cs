using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Network;
using RvpServer.Outbound;
using Yarp.ReverseProxy.Forwarder;

namespace RvpServer.Requests;

/// <summary>
/// Asks a node's home server elsewhere on the caller's behalf and returns its answer: for callers that cannot reach it, or do not follow referrals.
/// </summary>
internal sealed partial class HomeProxy : IDisposable
{
    /// <summary>A home server answers a message after its recipient's client has, which takes at most about 25 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>A POLL may wait five minutes.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromMinutes(6);

    private readonly IHttpForwarder forwarder;
    private readonly LimitsOptions limits;
    private readonly ILogger<HomeProxy> logger;
    private readonly HttpMessageInvoker invoker;
    private readonly Waits waits;
    private readonly Rules rules;

    public HomeProxy(IHttpForwarder forwarder, [FromKeyedServices(OutboundRegistration.HomeServers)] Dialer dialer, LimitsOptions limits, Rules rules,
        Waits waits, ILogger<HomeProxy> logger)
    {
        this.forwarder = forwarder;
        this.waits = waits;
        this.rules = rules;
        this.logger = logger;
        this.limits = limits;
        invoker = new HttpMessageInvoker(OutboundHttp.Handler(dialer, new OutboundLimits(int.MaxValue, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5))));
    }

    /// <summary>Answers the request with the home server's answer.</summary>
    public async Task ForwardAsync(RvpContext context, HostAndPort homeServer)
    {
        var http = context.Http;
        // Marks the request, so that it is recognised if it comes back.
        var pseudonym = context.Server.PublicHost.ToString();
        if (HasComeThrough(http.Request.Headers.Via, pseudonym) || HopsOf(http.Request) > rules.MaxHops)
        {
            Log.Loop(logger, pseudonym, homeServer, context.Verb.Name, context.Node.Url);
            throw new RvpException(Refusal.RoutersDisagree);
        }
        // Requests that wait long are limited by the number of connections.
        var isCounted = !context.Verb.WaitsLong;
        using var seat = isCounted ? waits.Sit(context, Awaited.Server, homeServer) : null;
        var target = new Uri(context.Node.Url.PhysicalOn(homeServer), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var transformer = new Transformer(target, pseudonym, limits.MaxBodyBytes, seat);
        var config = new ForwarderRequestConfig { ActivityTimeout = isCounted ? Patience : LongPatience };
        var error = await forwarder.SendAsync(http, "http://" + homeServer, invoker, config, transformer, http.RequestAborted);
        if (error != ForwarderError.None && !http.RequestAborted.IsCancellationRequested) Refuse(context, homeServer, error);
    }

    public void Dispose() => invoker.Dispose();

    private void Refuse(RvpContext context, HostAndPort homeServer, ForwarderError error)
    {
        var http = context.Http;
        Log.NoAnswer(logger, homeServer, context.Verb.Name, context.Node.Url, error, http.Features.Get<IForwarderErrorFeature>()?.Exception?.Message);
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.Clear();
        throw new RvpException(context.Verb.WhenUnreachable);
    }

    private static bool HasComeThrough(StringValues via, string pseudonym) =>
        via.Any(value => value is not null
            && value.Split(',').Any(hop => hop.Trim().Split(' ') is [_, var by, ..] && by.Equals(pseudonym, StringComparison.OrdinalIgnoreCase)));

    private static int HopsOf(HttpRequest request) =>
        int.TryParse(request.Headers[RvpHeaders.HopCount].ToString().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var hops) ? hops : 0;

    /// <summary>What is removed from and added to a request and its answer.</summary>
    private sealed class Transformer(Uri target, string pseudonym, int maxAnswerBytes, Seat? seat) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(
            HttpContext context, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(context, request, destinationPrefix, cancellationToken);
            request.RequestUri = target;
            request.Headers.Host = null;
            var headers = request.Headers;
            var source = context.Connection.RemoteIpAddress ?? IPAddress.None;
            headers.TryAddWithoutValidation("X-Forwarded-For", PlainAddresses.Of(source).ToString());
            headers.TryAddWithoutValidation(HeaderNames.Via, "1.1 " + pseudonym);
            if (HopsOf(context.Request) is > 0 and var hops)
            {
                headers.Remove(RvpHeaders.HopCount);
                headers.TryAddWithoutValidation(RvpHeaders.HopCount, (hops + 1).ToString(CultureInfo.InvariantCulture));
            }
            // It proves the identity of a connection, and this one is shared. Without it the home server offers Digest. [white paper]
            if (IsBoundToConnection(context.Request.Headers.Authorization.ToString())) headers.Remove(HeaderNames.Authorization);
        }

        public override async ValueTask<bool> TransformResponseAsync(HttpContext context, HttpResponseMessage? response, CancellationToken cancellationToken)
        {
            // Nothing waits for the home server any more, but the caller may still have to wait.
            seat?.Dispose();
            // Old clients cannot read chunks, so the length of the answer must be known. [client] Our own servers always send it.
            if (response is { Content.Headers.ContentLength: null }) await response.Content.LoadIntoBufferAsync(maxAnswerBytes, cancellationToken);
            if (!await base.TransformResponseAsync(context, response, cancellationToken)) return false;
            var challenges = context.Response.Headers.WWWAuthenticate;
            if (challenges.Any(IsBoundToConnection))
            {
                context.Response.Headers.WWWAuthenticate = challenges.Where(challenge => !IsBoundToConnection(challenge)).ToArray();
            }
            if (response is not null) context.Response.ContentLength ??= response.Content.Headers.ContentLength;
            return true;
        }

        private static bool IsBoundToConnection(string? value) => Begins(value, "NTLM") || Begins(value, "Negotiate");

        private static bool Begins(string? value, string scheme) =>
            value is not null && value.AsSpan().TrimStart().StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "RoutersDisagree", Level = LogLevel.Warning,
            Message = "{Server} was asked again for what it had sent to {HomeServer}: {Verb} {Node} goes round; the directory names the wrong home server")]
        public static partial void Loop(ILogger logger, string server, HostAndPort homeServer, string verb, RvpUrl node);

        [LoggerMessage(EventName = "HomeServerNoAnswer", Level = LogLevel.Warning,
            Message = "Home server {HomeServer} gave no answer to {Verb} {Node}: {Error} {Detail}")]
        public static partial void NoAnswer(ILogger logger, HostAndPort homeServer, string verb, RvpUrl node, ForwarderError error, string? detail);
    }
}
