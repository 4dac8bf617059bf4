using System.Security.Cryptography;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>
/// <c>GET picture?of=URL</c>: the picture of somebody of one's own domain, 204 where there is none. <c>POST picture</c> gives oneself one, PNG, JPEG, GIF or
/// WebP; <c>DELETE picture</c> takes it away.
/// </summary>
internal sealed class PictureEndpoint(WebSessions sessions, Pictures pictures, NodeLocator locator, RvpSettings settings)
{
    // A page with hundreds of contacts is loaded many times a day.
    private const string AnHour = "private, max-age=3600";

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        var result = await sessions.AuthenticateAsync(context, server, stop);
        if (result is not AuthenticationResult.Proven { Account: var account })
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await ShowAsync(context, server);
            return;
        }
        if (BrowserRequest.IsForeign(context.Request)) throw new RvpException(Refusal.ForeignPage);
        if (HttpMethods.IsDelete(context.Request.Method)) await pictures.DropAsync(account, stop);
        else await pictures.UnpackAsync(account, await ReadAsync(context), stop);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task ShowAsync(HttpContext context, VirtualServer server)
    {
        var isUrl = RvpUrl.TryParseIdentity(context.Request.Query["of"].ToString(), out var url);
        if (!isUrl) throw new RvpException("of must be the logical URL of somebody.");
        var account = (await locator.LocateAsync(url!, context.RequestAborted)).Account;
        var bytes = account is { IsEnabled: true } && account.Domain == server.Domain ? await pictures.FindAsync(account, context.RequestAborted) : null;
        var response = context.Response;
        response.Headers.CacheControl = AnHour;
        if (bytes is null)
        {
            // Nothing is wrong: most people have none, and browsers write each 404 into their console.
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
        response.Headers.ETag = tag;
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = PictureFormat.TypeOf(bytes);
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private async Task<byte[]> ReadAsync(HttpContext context)
    {
        var body = await BodyReader.ReadAsync(context, Pictures.MaxBytes, settings.Limits.BodyTimeout, context.RequestAborted);
        return PictureFormat.TypeOf(body.Span) is not null ? body.ToArray() : throw new RvpException("A picture must be PNG, JPEG, GIF or WebP.");
    }
}
