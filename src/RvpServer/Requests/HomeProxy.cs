using System.Globalization;
using System.Net;
using Microsoft.Extensions.Primitives;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Network;
using RvpServer.Outbound;
using RvpServer.Web;
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

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly IHttpForwarder forwarder;
    private readonly LimitsOptions limits;
    private readonly ILogger<HomeProxy> logger;
    private readonly HttpMessageInvoker invoker;
    private readonly Waits waits;
    private readonly Rules rules;
    private readonly OrganisationProof? proof;

    public HomeProxy(IHttpForwarder forwarder, [FromKeyedServices(OutboundRegistration.HomeServers)] Dialer dialer, LimitsOptions limits, Rules rules,
        Waits waits, ILogger<HomeProxy> logger, OrganisationProof? proof = null)
    {
        this.forwarder = forwarder;
        this.waits = waits;
        this.rules = rules;
        this.logger = logger;
        this.limits = limits;
        this.proof = proof;
        invoker = new HttpMessageInvoker(OutboundHttp.Handler(dialer, new OutboundLimits(int.MaxValue, TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5))));
    }

    /// <summary>Answers the request with the home server's answer.</summary>
    public Task ForwardAsync(RvpContext context, HostAndPort homeServer)
    {
        var target = new Uri(context.Node.Url.PhysicalOn(homeServer), AsWritten);
        return ForwardAsync(context.Http, new Passage(context.Server, homeServer, target, context.Node.Url)
        {
            WaitsLong = context.Verb.WaitsLong,
            WhenUnreachable = context.Verb.WhenUnreachable,
            Sharer = context.Sharer,
        });
    }

    /// <summary>The same for what the web client, or a program, asks of its person's home server: see <see cref="ForwardToHome"/>.</summary>
    public Task ForwardWebAsync(HttpContext http, VirtualServer router, HostAndPort homeServer, string? path)
    {
        var asked = http.Request.Path.ToUriComponent();
        var target = new Uri("http://" + homeServer + (path ?? asked) + http.Request.QueryString.ToUriComponent(), AsWritten);
        var passage = new Passage(router, homeServer, target, asked)
        {
            Sharer = SenderAddress.SharerAt(http.Connection.RemoteIpAddress ?? IPAddress.None),
        };
        return ForwardAsync(http, passage);
    }

    private async Task ForwardAsync(HttpContext http, Passage passage)
    {
        // Marks the request, so that it is recognised if it comes back.
        var pseudonym = passage.Server.PublicHost.ToString();
        if (HasComeThrough(http.Request.Headers.Via, pseudonym) || HopsOf(http.Request) > rules.MaxHops)
        {
            Log.Loop(logger, pseudonym, passage.Home, http.Request.Method, passage.What);
            throw new RvpException(Refusal.RoutersDisagree);
        }
        // Requests that wait long are limited by the number of connections.
        using var seat = passage.WaitsLong ? null
            : waits.Sit(Awaited.Server, new Sharer(passage.Sharer.Key, passage.Home), http.Connection.RemoteIpAddress ?? IPAddress.None);
        var transformer = new HomeTransformer(passage.Target, pseudonym, limits.MaxBodyBytes, seat, proof);
        var config = new ForwarderRequestConfig { ActivityTimeout = passage.WaitsLong ? LongPatience : Patience };
        var error = await forwarder.SendAsync(http, "http://" + passage.Home, invoker, config, transformer, http.RequestAborted);
        if (error != ForwarderError.None && !http.RequestAborted.IsCancellationRequested) Refuse(http, passage, error);
    }

    public void Dispose() => invoker.Dispose();

    private void Refuse(HttpContext http, Passage passage, ForwarderError error)
    {
        Log.NoAnswer(logger, passage.Home, http.Request.Method, passage.What, error, http.Features.Get<IForwarderErrorFeature>()?.Exception?.Message);
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }
        http.Response.Clear();
        throw new RvpException(passage.WhenUnreachable);
    }

    private static bool HasComeThrough(StringValues via, string pseudonym) =>
        via.Any(value => value is not null
            && value.Split(',').Any(hop => hop.Trim().Split(' ') is [_, var by, ..] && by.Equals(pseudonym, StringComparison.OrdinalIgnoreCase)));

    internal static int HopsOf(HttpRequest request) =>
        int.TryParse(request.Headers[RvpHeaders.HopCount].ToString().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var hops) ? hops : 0;

    /// <summary>A request on its way.</summary>
    /// <param name="Server">The virtual server that passes it on.</param>
    /// <param name="Home">The home server.</param>
    /// <param name="Target">What it is asked for.</param>
    /// <param name="What">The same for the log.</param>
    private sealed record Passage(VirtualServer Server, HostAndPort Home, Uri Target, object What)
    {
        public bool WaitsLong { get; init; }

        public Refusal WhenUnreachable { get; init; } = Refusal.Unavailable;

        public Sharer Sharer { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "RoutersDisagree", Level = LogLevel.Warning,
            Message = "{Server} was asked again for what it had sent to {HomeServer}: {Verb} {Node} goes round; the directory names the wrong home server")]
        public static partial void Loop(ILogger logger, string server, HostAndPort homeServer, string verb, object node);

        [LoggerMessage(EventName = "HomeServerNoAnswer", Level = LogLevel.Warning,
            Message = "Home server {HomeServer} gave no answer to {Verb} {Node}: {Error} {Detail}")]
        public static partial void NoAnswer(ILogger logger, HostAndPort homeServer, string verb, object node, ForwarderError error, string? detail);
    }
}
