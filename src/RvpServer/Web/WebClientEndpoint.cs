using System.Text;
using Microsoft.Net.Http.Headers;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>
/// Serves the web client below its path on home servers. Nodes have no GET, POST or DELETE, so it hides nothing of RVP; unknown requests go on to the nodes and
/// their 501.
/// </summary>
internal sealed class WebClientEndpoint(RequestDelegate next, RvpSettings settings, VirtualServerTable servers, WebAssets assets, ClientsPage clients,
    SessionEndpoint session, SessionsEndpoint sessions, AddressEndpoint address, HttpsRule https)
{
    // No inline scripts, nothing from other origins; markup can come only from the page itself, which browsers with Trusted Types also enforce.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types rvp-xml";

    private const string Html = "text/html; charset=utf-8";
    private const string ForGood = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private readonly string path = settings.WebClient.Path.TrimEnd('/') + "/";
    private readonly WebAsset page = WebAsset.Of(Encoding.UTF8.GetBytes(assets.Page("index.html")), Html);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Method is not ("GET" or "HEAD" or "POST" or "DELETE") || request.Path.Value is not { } asked
            || servers.Find(HostHeader.Of(request)) is not { Role: Role.Home } server)
        {
            return next(context);
        }
        if (!asked.StartsWith(path, StringComparison.Ordinal))
        {
            // Scripts and styles are named relative to the page, so the page's URL must end in a slash.
            return asked + "/" == path && request.Method is "GET" or "HEAD" ? Redirect(context, path + request.QueryString) : next(context);
        }

        var name = asked[path.Length..];
        Secure(context);
        https.Announce(context);
        if (https.Forbids(request))
        {
            if (name is "session" or "sessions" or "address") throw new RvpException(Refusal.HttpsNeeded);
            if (request.Method is "GET" or "HEAD" && !asked.StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase))
                return Redirect(context, https.UrlOf(context));
        }
        switch (request.Method, name)
        {
            case ("GET" or "POST" or "DELETE", "session"):
                return session.HandleAsync(context, server);
            case ("GET" or "DELETE", "sessions"):
                return sessions.HandleAsync(context, server);
            case ("GET", "address"):
                return address.HandleAsync(context, server);
            case ("GET" or "HEAD", ""):
                return SendAsync(context, page, AskAgain);
            case ("GET" or "HEAD", "clients"):
                return SendAsync(context, WebAsset.Of(clients.Write(server, request.Query["address"]), Html), AskAgain);
            case ("GET" or "HEAD", _) when assets.Files.TryGetValue(name, out var file):
                return SendAsync(context, file, ForGood);
            case ("GET" or "HEAD", _) when name.StartsWith("downloads/", StringComparison.Ordinal)
                && ClientsPage.FindDownload(name["downloads/".Length..]) is { } download:
                return SendAsync(context, download);
            default:
                context.Response.Clear();
                return next(context);
        }
    }

    private static void Secure(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        // Browsers complain about it on connections where it cannot work.
        if (context.Request.IsHttps) headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        headers.CacheControl = "no-store";
    }

    private static Task Redirect(HttpContext context, string url)
    {
        context.Response.Headers.Location = url;
        context.Response.StatusCode = StatusCodes.Status308PermanentRedirect;
        return Task.CompletedTask;
    }

    private static Task SendAsync(HttpContext context, WebAsset file, string caching)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.CacheControl = caching;
        response.Headers.ETag = file.ETag;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (request.Headers.IfNoneMatch.ToString().Contains(file.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        var isCompressed = request.GetTypedHeaders().AcceptEncoding.Any(encoding => encoding.Value == "gzip" && encoding.Quality is not 0);
        if (isCompressed) response.Headers.ContentEncoding = "gzip";
        var bytes = isCompressed ? file.Compressed : file.Bytes;
        response.ContentType = file.ContentType;
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    private static Task SendAsync(HttpContext context, FileInfo file)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = file.Length;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.SendFileAsync(file.FullName, context.RequestAborted);
    }
}
