using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>Asks a home server in another process for what somebody wants of it.</summary>
/// <param name="context">The request.</param>
/// <param name="router">The virtual server that was asked.</param>
/// <param name="home">The home server.</param>
/// <param name="path">What it is asked for, escaped, where the request's own path is not to be seen in logs; null: that.</param>
internal delegate Task ForwardToHome(HttpContext context, VirtualServer router, HostAndPort home, string? path = null);

/// <summary>
/// The web client on a router: the pages are the router's own, everything else is the home server's of whoever signs in, by the name typed, and afterwards by a
/// cookie with that name. The cookie proves nothing: it says only where the session is that the other cookie proves, and the directory where that is now.
/// </summary>
internal sealed class RouterWeb(NodeLocator locator, IDirectory directory, ForwardToHome forward, HttpsRule https, RvpSettings settings)
{
    private const int MaxNameLength = 256;

    /// <summary>
    /// The virtual server of this process that serves what somebody who is signed in asks for; null if a home server elsewhere has answered. A home server
    /// leads on who has just moved, where a router does not know yet.
    /// </summary>
    public ValueTask<VirtualServer?> ServerForAsync(HttpContext context, VirtualServer asked, string name) =>
        asked.Role == Role.Router || FrontProxies.CameThroughRouter(context) ? LeadAsync(context, asked, name) : new(asked);

    /// <summary>
    /// The virtual server of this process that serves a request: the person's home server, or the router itself where there is nobody to find; null if a home
    /// server elsewhere has answered.
    /// </summary>
    private async ValueTask<VirtualServer?> LeadAsync(HttpContext context, VirtualServer router, string name)
    {
        var isSignIn = name == "session" && HttpMethods.IsPost(context.Request.Method);
        var typed = isSignIn ? await ReadNameAsync(context) : context.Request.Cookies[CookieName(context.Request)];
        if (typed is null or { Length: > MaxNameLength } || Claim.AccountPart(typed) is not { Length: > 0 } part) return router;
        var account = await directory.FindAsync(router.Domain, part, context.RequestAborted);
        var location = account is null ? null : locator.Of(account).Location;
        if (location is not (NodeLocation.Here or NodeLocation.AtHome)) return router;
        if (isSignIn) Remember(context, StatusCodes.Status200OK, account!.Name, settings.WebClient.SessionLifetime);
        else if (name == "session" && HttpMethods.IsDelete(context.Request.Method)) Remember(context, StatusCodes.Status204NoContent, "", TimeSpan.Zero);
        if (location is NodeLocation.Here here) return here.Server;
        // The home server says the same itself.
        context.Response.Clear();
        https.Announce(context);
        await forward(context, router, ((NodeLocation.AtHome)location).Host);
        return null;
    }

    private static string CookieName(HttpRequest request) => request.IsHttps ? "__Host-rvp-account" : "rvp-account";

    // The home server reads the same form again.
    private async Task<string?> ReadNameAsync(HttpContext context)
    {
        var body = await BodyReader.ReadAsync(context, SessionEndpoint.MaxFormBytes, settings.Limits.BodyTimeout, context.RequestAborted);
        context.Request.Body = new MemoryStream(body.ToArray(), writable: false);
        return SignInForm.Read(context.Request.ContentType, body.Span).Address;
    }

    // Once it is answered with this status.
    private static void Remember(HttpContext context, int status, string name, TimeSpan time) => context.Response.OnStarting(() =>
    {
        if (context.Response.StatusCode == status) context.Response.Cookies.Append(CookieName(context.Request), name, WebSessions.Options(context, time));
        return Task.CompletedTask;
    });
}
