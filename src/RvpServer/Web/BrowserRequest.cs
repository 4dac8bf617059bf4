using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>
/// Distinguishes the web client's own requests from those that other sites make a browser send. A cookie counts only together with a sign that one of our own
/// pages is asking: browsers set <c>Sec-Fetch-Site</c> (on https and loopback) and <c>Origin</c> (with every verb except GET and HEAD) themselves, and
/// <see cref="ClientHeader"/> cannot be set across origins without a preflight, which this server does not answer.
/// </summary>
internal static class BrowserRequest
{
    /// <summary>The header that the web client sends with each request, with the value <c>web</c>.</summary>
    public const string ClientHeader = "RVP-Client";

    private const string ClientName = "web";

    /// <summary>True for a request of the web client, signed in or not: it must never get a challenge for which browsers ask for a password.</summary>
    public static bool IsWebClient(HttpContext context) =>
        context.Request.Headers.Authorization.Count == 0
            && (IsMarked(context.Request)
                || (context.Request.Headers.Cookie.Count > 0 && context.Request.Cookies.ContainsKey(WebSessions.CookieName(context.Request))));

    /// <summary>True if something shows that another site's page sent this.</summary>
    public static bool IsForeign(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        var origin = request.Headers.Origin;
        return (site.Count > 0 && site != "same-origin") || (origin.Count > 0 && !IsOwn(request, origin.ToString()));
    }

    /// <summary>True if something shows that a page of this server sent this, and nothing shows that another's did.</summary>
    public static bool IsOwn(HttpRequest request) =>
        !IsForeign(request) && (request.Headers.ContainsKey("Sec-Fetch-Site") || request.Headers.Origin.Count > 0 || IsMarked(request));

    private static bool IsMarked(HttpRequest request) => request.Headers[ClientHeader] == ClientName;

    // By host and port, which a front proxy passes on; the scheme may be lost there, and Secure and Sec-Fetch-Site cover that.
    private static bool IsOwn(HttpRequest request, string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var page) && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
        && Uri.TryCreate(page.Scheme + "://" + FrontProxies.OriginalHost(request.HttpContext).Text, UriKind.Absolute, out var own)
        && page.Authority.Equals(own.Authority, StringComparison.OrdinalIgnoreCase);
}
