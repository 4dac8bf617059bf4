using System.Net;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>Tells the administrator once about each proxy that passes requests on and is not believed.</summary>
internal sealed partial class UnlistedProxies(AbuseLog abuse, ILogger<UnlistedProxies> logger)
{
    // A site has a few; more are strangers who write these headers themselves.
    private const int MaxWarnings = 100;

    private readonly Lock gate = new();
    private readonly HashSet<IPAddress> warned = [];

    /// <summary>Counts a request from such a proxy, and warns at the first.</summary>
    /// <param name="context">The request.</param>
    /// <param name="header">The header that shows it.</param>
    public void Report(HttpContext context, string header)
    {
        var address = PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None);
        abuse.Refused(AbuseKind.UnlistedProxy, address);
        lock (gate)
        {
            if (warned.Count >= MaxWarnings || !warned.Add(address)) return;
        }
        Log.Unlisted(logger, address, header);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "UnlistedProxy", Level = LogLevel.Warning,
            Message = "{Address} passes on requests of others ({Header}) and is not listed in Rvp:Proxies: its callers get no NTLM and no Kerberos, "
                + "nobody is believed without a proof, and no callback is taken. List it if it is yours; a router of yours needs the key of "
                + "Rvp:OrganisationKeyFile instead.")]
        public static partial void Unlisted(ILogger logger, IPAddress address, string header);
    }
}
