using System.Buffers.Text;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Http;
using RvpServer.Web;

namespace RvpServer.Push;

/// <summary>
/// <c>/instmsg/push</c>: <c>GET</c> tells the key that browsers need, <c>POST</c> with endpoint, p256dh, auth and showsText in a JSON object has messages
/// announced there that nobody takes, <c>DELETE ?endpoint=…</c> ends that. The proof is that of any RVP request, or the web client's session.
/// </summary>
internal sealed class PushEndpoint(RequestDelegate next, VirtualServerTable servers, OwnerProof proof, WebSessions sessions, StoredPushes stored, PushKey key,
    IDirectory directory, RvpSettings settings, HttpsRule https, TimeProvider clock)
{
    public const string Path = "/instmsg/push";

    private const int MaxFormBytes = 4096;

    // The longest that are known have some 500.
    private const int MaxEndpoint = 1000;

    private const string FormLine = "The body must be a JSON object with the texts endpoint, p256dh and auth, and showsText, true or false.";

    private readonly PushServices services = new(settings.Push);

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path != Path || request.Method is not ("GET" or "POST" or "DELETE")
            || servers.Find(HostHeader.Of(request)) is not { Role: Role.Home } server)
        {
            await next(context);
            return;
        }
        if (https.Forbids(request)) throw new RvpException(Refusal.HttpsNeeded);
        context.Response.Headers.CacheControl = "no-store";
        if (await proof.ProveAsync(context, server) is not { } account) return;
        switch (request.Method)
        {
            case "GET":
                await SessionEndpoint.WriteAsync(context, StatusCodes.Status200OK, new { key = await key.PublicAsync(context.RequestAborted) });
                break;
            case "POST":
                await stored.SetAsync(account, await ReadAsync(context, account), context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            default:
                if (!Uri.TryCreate(request.Query["endpoint"], UriKind.Absolute, out var endpoint)) throw new RvpException("endpoint must be a URL.");
                await stored.EndAsync(account, endpoint, context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
        }
    }

    private async Task<PushSubscription> ReadAsync(HttpContext context, Account account)
    {
        var form = await JsonForm.ReadAsync<Form>(context, MaxFormBytes, settings.Limits.BodyTimeout, FormLine);
        if (form.Endpoint.Length > MaxEndpoint || !Uri.TryCreate(form.Endpoint, UriKind.Absolute, out var endpoint) || !services.Contain(endpoint))
            throw new RvpException("endpoint must be a URL at a push service that this server knows.");
        if (Decode(form.P256dh) is not { } receiver || !PushEncryption.IsPoint(receiver))
            throw new RvpException("p256dh must be a point of P-256, as base64url.");
        if (Decode(form.Auth) is not { Length: PushEncryption.SecretLength } secret)
            throw new RvpException($"auth must be {PushEncryption.SecretLength} bytes, as base64url.");
        var stamp = await directory.FindStampAsync(account, context.RequestAborted);
        return new PushSubscription(endpoint, receiver, secret, form.ShowsText, sessions.IdOf(context), stamp, clock.GetUtcNow());
    }

    private static byte[]? Decode(string text)
    {
        try
        {
            return Base64Url.DecodeFromChars(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private sealed record Form(string Endpoint, string P256dh, string Auth, bool ShowsText);
}
