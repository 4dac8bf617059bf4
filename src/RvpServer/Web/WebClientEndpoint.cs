using Microsoft.Net.Http.Headers;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>
/// Serves the web client below its path, on home servers and on routers (<see cref="RouterWeb"/>). Nodes have no GET, POST or DELETE, so it hides nothing of
/// RVP; unknown requests go on to the nodes and their 501.
/// </summary>
internal sealed class WebClientEndpoint(RequestDelegate next, RvpSettings settings, VirtualServerTable servers, WebAssets assets, Looks looks,
    ClientsPage clients, SessionEndpoint session, SessionsEndpoint sessions, PasswordEndpoint password, NameEndpoint ownName, PictureEndpoint picture,
    AddressEndpoint address, RouterWeb routers, HttpsRule https)
{
    // No inline scripts, nothing from other origins; markup can come only from the page itself, which browsers with Trusted Types also enforce.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types rvp-xml rvp-worker";

    // Browsers run nothing in a picture that a page shows, and with this neither where somebody opens it by itself.
    private const string PicturePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    private const string ForGood = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private readonly string path = settings.WebClient.Path.TrimEnd('/') + "/";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Method is not ("GET" or "HEAD" or "POST" or "DELETE") || request.Path.Value is not { } asked
            || servers.Find(HostHeader.Of(request)) is not { } server)
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
            if (IsOfPerson(request.Method, name)) throw new RvpException(Refusal.HttpsNeeded);
            if (request.Method is "GET" or "HEAD" && !asked.StartsWith("/instmsg/", StringComparison.OrdinalIgnoreCase))
                return Redirect(context, https.UrlOf(context));
        }
        if (IsOfPerson(request.Method, name)) return ServePersonAsync(context, server, name);
        switch (request.Method, name)
        {
            case ("GET" or "HEAD", ""):
                return SendAsync(context, looks.FrontOf(server), AskAgain);
            case ("GET" or "HEAD", "sw.js"):
                return SendAsync(context, looks.WorkerOf(server), AskAgain);
            case ("GET" or "HEAD", "clients"):
                context.Response.Headers.Vary = HeaderNames.AcceptLanguage;
                return SendAsync(context, WebAsset.Of(clients.Write(server, request.Query["address"], ClientsPage.LanguageOf(request)), Looks.Html), AskAgain);
            case ("GET" or "HEAD", _) when assets.Files.TryGetValue(name, out var file):
                return SendAsync(context, file, ForGood);
            case ("GET" or "HEAD", _) when looks.Of(server) is var look && look.Files.TryGetValue(name, out var own):
                if (name == look.Picture) KeepStill(context);
                return SendAsync(context, own, ForGood);
            case ("GET" or "HEAD", _) when name.StartsWith("downloads/", StringComparison.Ordinal)
                && ClientsPage.FindDownload(name["downloads/".Length..]) is { } download:
                return SendAsync(context, download);
            default:
                context.Response.Clear();
                return next(context);
        }
    }

    private static bool IsOfPerson(string method, string name) => (method, name) switch
    {
        ("GET" or "POST" or "DELETE", "session" or "picture") or ("POST", "session/password" or "session/name") or ("GET" or "DELETE", "sessions")
            or ("GET", "address") => true,
        _ => false,
    };

    private async Task ServePersonAsync(HttpContext context, VirtualServer asked, string name)
    {
        if (await routers.ServerForAsync(context, asked, name) is not { } server) return;
        await (name switch
        {
            "session" => session.HandleAsync(context, server),
            "session/password" => password.HandleAsync(context, server),
            "session/name" => ownName.HandleAsync(context, server),
            "picture" => picture.HandleAsync(context, server),
            "sessions" => sessions.HandleAsync(context, server),
            _ => address.HandleAsync(context, server),
        });
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

    private static void KeepStill(HttpContext context)
    {
        context.Response.Headers.ContentSecurityPolicy = PicturePolicy;
        context.Response.Headers.ContentDisposition = "attachment";
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
        response.Headers.Vary = response.Headers.Vary.Count == 0 ? HeaderNames.AcceptEncoding : $"{response.Headers.Vary}, {HeaderNames.AcceptEncoding}";
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
