using Microsoft.AspNetCore.Server.Kestrel.Core;
using RvpServer.Configuration;
using RvpServer.Network;

namespace RvpServer.Http;

/// <summary>Limits on what one connection may make Kestrel hold, and for how long.</summary>
internal static class KestrelLimits
{
    private static readonly TimeSpan GraceTime = TimeSpan.FromSeconds(5);

    // Kestrel counts a connection until it is gone; those that ConnectionShares has just closed must not keep the next one out.
    private const int MaxBeingClosed = 256;

    // Kestrel's default values, slow enough for a modem: 240 bytes a second after 5 s.
    private static readonly MinDataRate SlowestModem = new(bytesPerSecond: 240, GraceTime);

    /// <summary>How many connections there may be at a time, with those that are just being closed.</summary>
    public static int ConnectionsOf(RvpSettings settings) =>
        settings.Limits.MaxConnections + Math.Min(MaxBeingClosed, 1 + (settings.Limits.MaxConnections / 4));

    public static void Apply(KestrelServerOptions options, RvpSettings settings)
    {
        // Strangers do not need to know.
        options.AddServerHeader = false;
        // The host of an absolute request target counts, whatever Host says. [RFC 9112, 3.2.2]
        options.AllowHostHeaderOverride = true;
        options.RequestHeaderEncodingSelector = static _ => Charsets.Utf8OrLatin1;
        var limits = options.Limits;
        limits.MaxRequestBodySize = settings.Limits.MaxBodyBytes;
        limits.MaxRequestHeadersTotalSize = settings.Limits.MaxHeaderBytes;
        // RVP has ten headers of its own; a browser sends thirty.
        limits.MaxRequestHeaderCount = 100;
        limits.MaxRequestLineSize = 8192;
        limits.RequestHeadersTimeout = settings.Limits.HeaderTimeout;
        limits.KeepAliveTimeout = settings.Limits.KeepAliveTimeout;
        limits.MinRequestBodyDataRate = new MinDataRate(settings.Limits.MinBodyRate, GraceTime);
        limits.MinResponseDataRate = SlowestModem;
        limits.MaxConcurrentConnections = ConnectionsOf(settings);
        limits.MaxConcurrentUpgradedConnections = 0;
    }
}
