using Microsoft.AspNetCore.HttpOverrides;
using RvpServer.Network;
using IPNetwork = System.Net.IPNetwork;

namespace RvpServer.Http;

/// <summary>
/// Front proxies: those that are listed are believed about the client's address; a request that came through any other hides its caller, so nothing that
/// depends on an address or a connection counts for it.
/// </summary>
internal static class FrontProxies
{
    private static readonly object ProxyMark = new();
    private static readonly object RouterMark = new();
    private static readonly object HiddenMark = new();

    /// <summary>Gives requests from a proxy the address of the first hop that is not a proxy, and marks those whose caller is hidden.</summary>
    public static IApplicationBuilder UseFrontProxies(this IApplicationBuilder app, IReadOnlyList<IPNetwork> proxies)
    {
        if (proxies.Count > 0)
        {
            app.Use((context, next) =>
            {
                if (IsProxy(context, proxies)) context.Items[ProxyMark] = context.Request.Headers.Via.Count > 0 ? RouterMark : ProxyMark;
                return next(context);
            }).UseForwardedHeaders(OptionsFor(proxies));
        }
        var unlisted = app.ApplicationServices.GetRequiredService<UnlistedProxies>();
        return app.Use((context, next) =>
        {
            if (HeaderOfUnlisted(context) is { } header)
            {
                context.Items[HiddenMark] = true;
                unlisted.Report(context, header);
            }
            return next(context);
        });
    }

    /// <summary>True if the connection is a proxy's: several people may share it, so it proves no identity (NTLM).</summary>
    public static bool CameThroughProxy(HttpContext context) => context.Items.ContainsKey(ProxyMark);

    /// <summary>
    /// True if the request came through a proxy that is not listed: the address is the proxy's and the connection may be shared by strangers, so no assertion
    /// is believed, no callback is taken, and no proof that belongs to a connection counts.
    /// </summary>
    public static bool HidesCaller(HttpContext context) => context.Items.ContainsKey(HiddenMark);

    /// <summary>
    /// True if a router of ours has passed it on, as Via shows: the router itself delays the answers that have to wait, without holding a place for them.
    /// </summary>
    public static bool CameThroughRouter(HttpContext context) => context.Items.TryGetValue(ProxyMark, out var mark) && mark == RouterMark;

    /// <summary>True if several people may send on the connection.</summary>
    public static bool MayBeShared(HttpContext context) => CameThroughProxy(context) || HidesCaller(context);

    /// <summary>Marks a request that a router of this process hands to a home server here, as if it had come through a proxy.</summary>
    public static void TreatAsProxied(HttpContext context) => context.Items.TryAdd(ProxyMark, ProxyMark);

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
        if (headers.ContainsKey("X-Forwarded-For")) return "X-Forwarded-For";
        if (CameThroughProxy(context)) return null;
        return headers.Via.Count > 0 ? "Via" : headers.ContainsKey("Forwarded") ? "Forwarded" : null;
    }

    private static bool IsProxy(HttpContext context, IReadOnlyList<IPNetwork> proxies)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return false;
        var plain = PlainAddresses.Of(address);
        return proxies.Any(range => range.Contains(plain));
    }
}
