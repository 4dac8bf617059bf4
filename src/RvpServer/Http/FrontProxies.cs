using Microsoft.AspNetCore.HttpOverrides;
using RvpServer.Network;
using IPNetwork = System.Net.IPNetwork;

namespace RvpServer.Http;

/// <summary>
/// Front proxies: those that are listed, and routers of the organisation (<see cref="RouterTrust"/>), are believed about the client's address; a request that
/// came through any other hides its caller, so nothing that depends on an address or a connection counts for it.
/// </summary>
internal static class FrontProxies
{
    /// <summary>Gives requests from a proxy the address of the first hop that is not a proxy, and marks those whose caller is hidden.</summary>
    public static IApplicationBuilder UseFrontProxies(this IApplicationBuilder app, IReadOnlyList<IPNetwork> proxies)
    {
        if (proxies.Count > 0)
        {
            app.Use((context, next) =>
            {
                if (IsProxy(context, proxies)) Mark(context);
                return next(context);
            }).UseForwardedHeaders(OptionsFor(proxies));
        }
        var unlisted = app.ApplicationServices.GetRequiredService<UnlistedProxies>();
        var routers = app.ApplicationServices.GetRequiredService<RouterTrust>();
        return app.Use((context, next) => HeaderOfUnlisted(context) is { } header ? JudgeAsync(context, next, header) : next(context));

        async Task JudgeAsync(HttpContext context, RequestDelegate next, string header)
        {
            // What is left after a router's word was there before it.
            if ((await routers.AcceptAsync(context) ? HeaderOfUnlisted(context) : header) is { } left)
            {
                RequestMarks.Of(context).IsHidden = true;
                unlisted.Report(context, left);
            }
            await next(context);
        }
    }

    /// <summary>The host that a request's client had asked: a router asks a home server by another name.</summary>
    public static HostHeader OriginalHost(HttpContext context) =>
        RequestMarks.Find(context) is { OriginalHost: { } host } ? new HostHeader(host) : HostHeader.Of(context.Request);

    /// <summary>True if the connection is a proxy's: several people may share it, so it proves no identity (NTLM).</summary>
    public static bool CameThroughProxy(HttpContext context) => RequestMarks.Find(context) is { IsProxied: true };

    /// <summary>
    /// True if the request came through a proxy that is not listed: the address is the proxy's and the connection may be shared by strangers, so no assertion
    /// is believed, no callback is taken, and no proof that belongs to a connection counts.
    /// </summary>
    public static bool HidesCaller(HttpContext context) => RequestMarks.Find(context) is { IsHidden: true };

    /// <summary>
    /// True if a router of ours has passed it on, as Via shows: the router itself delays the answers that have to wait, without holding a place for them.
    /// </summary>
    public static bool CameThroughRouter(HttpContext context) => RequestMarks.Find(context) is { IsRouted: true };

    /// <summary>True if several people may send on the connection.</summary>
    public static bool MayBeShared(HttpContext context) => RequestMarks.Find(context) is { IsProxied: true } or { IsHidden: true };

    /// <summary>Marks a request that a router of this process hands to a home server here, as if it had come through a proxy.</summary>
    public static void TreatAsProxied(HttpContext context) => RequestMarks.Of(context).IsProxied = true;

    private static ForwardedHeadersOptions OptionsFor(IReadOnlyList<IPNetwork> proxies)
    {
        var options = new ForwardedHeadersOptions
        {
            // Not the host: virtual servers are chosen by the Host line, which proxies pass on.
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            // A chain of proxies is followed as long as they are known.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var range in proxies) options.KnownIPNetworks.Add(range);
        return options;
    }

    // Of a listed proxy's X-Forwarded-For, what is left here was there before it: another proxy, or the client itself, wrote it.
    private static string? HeaderOfUnlisted(HttpContext context)
    {
        var headers = context.Request.Headers;
        if (headers.ContainsKey(ForwardedRequest.ForHeader)) return ForwardedRequest.ForHeader;
        var other = headers.Via.Count > 0 ? "Via" : headers.ContainsKey("Forwarded") ? "Forwarded" : null;
        return other is null || CameThroughProxy(context) ? null : other;
    }

    private static bool IsProxy(HttpContext context, IReadOnlyList<IPNetwork> proxies) =>
        context.Connection.RemoteIpAddress is { } address && proxies.Cover(address);

    private static void Mark(HttpContext context)
    {
        var marks = RequestMarks.Of(context);
        (marks.IsProxied, marks.IsRouted) = (true, context.Request.Headers.Via.Count > 0);
        if (context.Request.Headers[ForwardedRequest.HostHeaderName] is [{ Length: > 0 } host]) marks.OriginalHost = host;
    }
}
