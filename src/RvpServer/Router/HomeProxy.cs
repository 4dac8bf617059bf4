using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Federation;
using RvpServer.Network;
using Yarp.ReverseProxy.Forwarder;

namespace RvpServer.Router;

/// <summary>Asks a node's home server elsewhere on the caller's behalf and gives back its answer: for those who cannot reach it, or follow no referral.</summary>
internal sealed partial class HomeProxy : IDisposable
{
    /// <summary>A home server answers a message when its recipient's client has, which takes it some 25 s at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    /// <summary>A POLL may wait five minutes for news.</summary>
    private static readonly TimeSpan PollPatience = TimeSpan.FromMinutes(6);

    private readonly IHttpForwarder forwarder;
    private readonly HomeProxyLimits limits;
    private readonly ILogger<HomeProxy> logger;
    private readonly HttpMessageInvoker invoker;
    private readonly HostGates gates;
    private readonly Rules rules;

    public HomeProxy(IHttpForwarder forwarder, PeerDialer dialer, HomeProxyLimits limits, Rules rules, ILogger<HomeProxy> logger)
    {
        this.forwarder = forwarder;
        this.rules = rules;
        this.logger = logger;
        this.limits = limits;
        gates = new HostGates(limits.MaxUnderWay);
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = dialer.ConnectAsync,
            ConnectTimeout = PeerDialer.ConnectTime,
            MaxResponseHeadersLength = 32,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // Kestrel reads header values as UTF-8: they leave as they came.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>Answers the request with what the home server says.</summary>
    /// <param name="context">The request.</param>
    /// <param name="server">The virtual server that was asked; its name marks the request, so that one which comes back is known.</param>
    /// <param name="node">The node under its canonical domain.</param>
    /// <param name="homeServer">Where it is.</param>
    public async Task ForwardAsync(HttpContext context, VirtualServer server, RvpUrl node, HostAndPort homeServer)
    {
        var pseudonym = server.PublicHost.ToString();
        if (HasComeThrough(context.Request.Headers.Via, pseudonym) || HopsOf(context.Request) > rules.MaxHops)
        {
            Log.Loop(logger, pseudonym, homeServer, context.Request.Method, node.ToString());
            throw new RvpException(Refusal.RoutersDisagree);
        }
        // A POLL waits for news most of its life, and is bounded by the number of connections.
        var isPoll = context.Request.Method == "POLL";
        if (!isPoll && !gates.TryEnter(homeServer)) throw new RvpException(Refusal.Busy);
        try
        {
            var target = new Uri(node.PhysicalOn(homeServer), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            var transformer = new Transformer(target, pseudonym, limits.MaxAnswerBytes);
            var config = new ForwarderRequestConfig { ActivityTimeout = isPoll ? PollPatience : Patience };
            var error = await forwarder.SendAsync(context, "http://" + homeServer.ToString(), invoker, config, transformer, context.RequestAborted);
            if (error != ForwarderError.None && !context.RequestAborted.IsCancellationRequested) Refuse(context, node, homeServer, error);
        }
        finally
        {
            if (!isPoll) gates.Leave(homeServer);
        }
    }

    public void Dispose() => invoker.Dispose();

    private void Refuse(HttpContext context, RvpUrl node, HostAndPort homeServer, ForwarderError error)
    {
        Log.NoAnswer(logger, homeServer, context.Request.Method, node.ToString(), error, context.Features.Get<IForwarderErrorFeature>()?.Exception?.Message);
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }
        context.Response.Clear();
        throw new RvpException(context.Request.Method == "NOTIFY" ? Refusal.NotAvailable : Refusal.Unavailable);
    }

    private static bool HasComeThrough(StringValues via, string pseudonym) =>
        via.Any(value => value is not null && value.Split(',').Any(hop => hop.Trim().Split(' ') is [_, var by, ..] && by.Equals(pseudonym, StringComparison.OrdinalIgnoreCase)));

    private static int HopsOf(HttpRequest request) =>
        int.TryParse(request.Headers[RvpHeaders.HopCount].ToString().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var hops) ? hops : 0;

    /// <summary>What a request and its answer lose and gain on the way.</summary>
    private sealed class Transformer(Uri target, string pseudonym, int maxAnswerBytes) : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext context, HttpRequestMessage request, string destinationPrefix, CancellationToken cancellationToken)
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
            // It proves a connection, and this one is shared. Without it the home server offers Digest. [white paper]
            if (IsBoundToConnection(context.Request.Headers.Authorization.ToString())) headers.Remove(HeaderNames.Authorization);
        }

        public override async ValueTask<bool> TransformResponseAsync(HttpContext context, HttpResponseMessage? response, CancellationToken cancellationToken)
        {
            // Old clients cannot read chunks, so the answer must be known whole. [client] Ours always says its length.
            if (response is { Content.Headers.ContentLength: null }) await response.Content.LoadIntoBufferAsync(maxAnswerBytes, cancellationToken);
            if (!await base.TransformResponseAsync(context, response, cancellationToken)) return false;
            var challenges = context.Response.Headers.WWWAuthenticate;
            if (challenges.Any(IsBoundToConnection)) context.Response.Headers.WWWAuthenticate = challenges.Where(challenge => !IsBoundToConnection(challenge)).ToArray();
            if (response is not null) context.Response.ContentLength ??= response.Content.Headers.ContentLength;
            return true;
        }

        private static bool IsBoundToConnection(string? value) => Begins(value, "NTLM") || Begins(value, "Negotiate");

        private static bool Begins(string? value, string scheme) =>
            value is not null && value.AsSpan().TrimStart().StartsWith(scheme, StringComparison.OrdinalIgnoreCase);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "RoutersDisagree", Level = LogLevel.Warning, Message = "{Server} was asked again for what it had sent to {HomeServer}: {Verb} {Node} goes round; the directory names the wrong home server")]
        public static partial void Loop(ILogger logger, string server, HostAndPort homeServer, string verb, string node);

        [LoggerMessage(EventName = "HomeServerNoAnswer", Level = LogLevel.Warning, Message = "Home server {HomeServer} gave no answer to {Verb} {Node}: {Error} {Detail}")]
        public static partial void NoAnswer(ILogger logger, HostAndPort homeServer, string verb, string node, ForwarderError error, string? detail);
    }
}

/// <summary>Limits of the proxy.</summary>
/// <param name="MaxAnswerBytes">Largest answer of unknown length that is waited for.</param>
/// <param name="MaxUnderWay">Most requests at once to one home server, polls apart.</param>
internal sealed record HomeProxyLimits(int MaxAnswerBytes, int MaxUnderWay);
