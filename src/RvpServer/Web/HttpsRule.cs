using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>Where the web client must be used over https: requests over http are led there, or refused. RVP itself stays as it is.</summary>
internal sealed class HttpsRule(RvpSettings settings)
{
    private const int StandardPort = 443;

    // A year, as is usual: long enough that a browser that comes back after the holidays still knows.
    private const string Hsts = "max-age=31536000";

    private readonly bool isRequired = settings.WebClient.RequireHttps == true;

    // The standard one if it is among several.
    private readonly int port = settings.HttpsEndpoints.Select(endpoint => endpoint.Port).OrderBy(port => port != StandardPort).FirstOrDefault(StandardPort);

    /// <summary>True for a request over http where https is required.</summary>
    public bool Forbids(HttpRequest request) => isRequired && !request.IsHttps;

    /// <summary>Where a page is that was asked for over http. A front proxy has https at the usual port.</summary>
    public string UrlOf(HttpContext context)
    {
        var request = context.Request;
        var host = new HostAndPort(request.Host.Host, HostAndPort.DefaultPort);
        var there = FrontProxies.CameThroughProxy(context) || port == StandardPort ? new HostString(host.Host) : new HostString(host.Host, port);
        return $"https://{there.ToUriComponent()}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
    }

    /// <summary>
    /// Tells the browser to come over https from now on. Only where https is at its standard port: browsers change the scheme and leave the port as it is, and
    /// would speak TLS to a port for http.
    /// </summary>
    public void Announce(HttpContext context)
    {
        if (isRequired && context.Request.IsHttps && context.Request.Host.Port is null or StandardPort) context.Response.Headers.StrictTransportSecurity = Hsts;
    }
}
