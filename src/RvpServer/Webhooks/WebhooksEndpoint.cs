using Rvp.Protocol;
using RvpServer.Http;
using RvpServer.Web;

namespace RvpServer.Webhooks;

/// <summary>
/// Serves <c>/instmsg/hooks</c>. Nodes have names there that begin otherwise, and verbs of their own, so it hides nothing of RVP. Where people must come over
/// https, so must programs: the URL is the secret. A router asks the home server of the person, whom the cookie or the URL names.
/// </summary>
internal sealed class WebhooksEndpoint(
    RequestDelegate next, VirtualServerTable servers, WebhookPost post, WebhookManagement management, RouterWeb routers, HttpsRule https)
{
    /// <summary>Where people's hooks are listed; each has its URL below, <c>NAME/SECRET</c>, or the secret alone in those that are older.</summary>
    public const string Path = "/instmsg/hooks";

    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(Path, StringComparison.Ordinal) || servers.Find(HostHeader.Of(context.Request)) is not { } server
            || path[Path.Length..].Split('/') is not ["", .. { Length: <= 2 } parts])
        {
            await next(context);
            return;
        }
        if (https.Forbids(context.Request)) throw new RvpException(Refusal.HttpsNeeded);
        if (parts.Length > 0) await post.HandleAsync(context, server, parts.Length > 1 ? parts[0] : null, parts[^1]);
        else if (await routers.ServerForAsync(context, server, Path) is { } home) await management.HandleAsync(context, home);
    }
}
