using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Web;

namespace RvpServer.Webhooks;

/// <summary>
/// Serves <c>/instmsg/hooks</c> on home servers. Nodes have names there that begin otherwise, and verbs of their own, so it hides nothing of RVP. Where people
/// must come over https, so must programs: the URL is the secret.
/// </summary>
internal sealed class WebhooksEndpoint(
    RequestDelegate next, VirtualServerTable servers, WebhookPost post, WebhookManagement management, HttpsRule https)
{
    /// <summary>Where people's hooks are listed; each has its URL below.</summary>
    public const string Path = "/instmsg/hooks";

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(Path, StringComparison.Ordinal) || servers.Find(HostHeader.Of(context.Request)) is not { Role: Role.Home } server)
            return next(context);
        var secret = path.Length > Path.Length + 1 && path[Path.Length] == '/' ? path[(Path.Length + 1)..] : null;
        if (secret is null && path.Length > Path.Length) return next(context);
        if (https.Forbids(context.Request)) throw new RvpException(Refusal.HttpsNeeded);
        return secret is null ? management.HandleAsync(context, server) : post.HandleAsync(context, secret);
    }
}
