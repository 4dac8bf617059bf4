using System.Globalization;
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
        var host = HostAndPort.TryParse(HostHeader.Of(request).Text, out var place) ? place.Host : "";
        var there = FrontProxies.CameThroughProxy(context) || port == StandardPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        return $"https://{there}{request.Path.ToUriComponent()}{request.QueryString.ToUriComponent()}";
    }

    /// <summary>
    /// Tells the browser to come over https from now on. Only where https is at its standard port: browsers change the scheme and leave the port as it is, and
    /// would speak TLS to a port for http.
    /// </summary>
    public void Announce(HttpContext context)
    {
        var host = HostHeader.Of(context.Request);
        var isStandard = !host.HasPort || host.Text.EndsWith(":443", StringComparison.Ordinal);
        if (isRequired && context.Request.IsHttps && isStandard) context.Response.Headers.StrictTransportSecurity = Hsts;
    }
}
