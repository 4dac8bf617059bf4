using Microsoft.AspNetCore.HttpOverrides;
using RvpServer.Network;
using IPNetwork = System.Net.IPNetwork;

namespace RvpServer.Http;

/// <summary>Front proxies that are believed about the client's address.</summary>
internal static class FrontProxies
{
    private static readonly object ProxyMark = new();

    /// <summary>Gives requests from a proxy the address of the first hop that is not a proxy; does nothing if there are no proxies.</summary>
    public static IApplicationBuilder UseFrontProxies(this IApplicationBuilder app, IReadOnlyList<IPNetwork> proxies)
    {
        if (proxies.Count == 0) return app;
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
        return app.Use((context, next) =>
        {
            if (IsProxy(context, proxies)) context.Items[ProxyMark] = true;
            return next(context);
        }).UseForwardedHeaders(options);
    }

    /// <summary>True if the connection is a proxy's: several people may share it, so it proves no identity (NTLM).</summary>
    public static bool CameThroughProxy(HttpContext context) => context.Items.ContainsKey(ProxyMark);

    /// <summary>Marks a request that a router of this process hands to a home server here, as if it had come through a proxy.</summary>
    public static void TreatAsProxied(HttpContext context) => context.Items[ProxyMark] = true;

    private static bool IsProxy(HttpContext context, IReadOnlyList<IPNetwork> proxies)
    {
        if (context.Connection.RemoteIpAddress is not { } address) return false;
        var plain = PlainAddresses.Of(address);
        return proxies.Any(range => range.Contains(plain));
    }
}
