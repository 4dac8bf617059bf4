using System.Net;
using System.Text.Json;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Network;
using RvpServer.Runtime;
using RvpServer.Web;

namespace RvpServer.Webhooks;

/// <summary>
/// <c>/instmsg/hooks</c>: people's own hooks. <c>GET</c> lists them, <c>POST</c> with <c>{"name": …, "to": …}</c> makes one and tells its URL this once,
/// <c>DELETE ?id=…</c> ends one. The proof is that of any RVP request, or the web client's session.
/// </summary>
internal sealed class WebhookManagement(
    StoredWebhooks stored, OwnerProof proof, NodeLocator locator, AddressLookup lookup, AdminServices admin, LimitsOptions limits, WallClock wall)
{
    private const int MaxFormBytes = 4096;
    private const int MaxLabel = 40;
    private const string DefaultLabel = "webhook";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        RespectRequiredConstructorParameters = false,
    };

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (await proof.ProveAsync(context, server) is not { } account) return;
        switch (context.Request.Method)
        {
            case "GET":
                await ListAsync(context, account);
                break;
            case "POST":
                await MakeAsync(context, account);
                break;
            case "DELETE":
                await EndAsync(context, account);
                break;
            default:
                context.Response.Headers.Allow = "GET, POST, DELETE";
                await AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.NotForWebhooks));
                break;
        }
    }

    private async Task ListAsync(HttpContext context, Account account)
    {
        var hooks = await stored.ListAsync(account, context.RequestAborted);
        await SessionEndpoint.WriteAsync(context, StatusCodes.Status200OK, new { hooks = hooks.Select(hook => Describe(hook, null)) });
    }

    private async Task MakeAsync(HttpContext context, Account account)
    {
        // A form of another site's page cannot send JSON.
        if (!context.Request.HasJsonContentType()) throw new RvpException(Refusal.NotAForm);
        var body = await BodyReader.ReadAsync(context, MaxFormBytes, limits.BodyTimeout, context.RequestAborted);
        var (label, to) = Read(body.Span);
        var url = to is null ? locator.UrlOf(account) : await lookup.FindAsync(to, context.RequestAborted);
        var secret = WebhookSecret.Make();
        var hook = new Webhook(Guid.NewGuid(), WebhookSecret.HashOf(secret), label, to?.ToString() ?? account.Email, url.ToString(), wall.Now, null);
        if (!await stored.TryAddAsync(account, hook, context.RequestAborted)) throw new RvpException(Refusal.TooManyWebhooks);
        await NoteAsync(context, account, hook, "own.webhook.make");
        var made = $"{context.Request.Scheme}://{FrontProxies.OriginalHost(context).Text}{WebhooksEndpoint.Path}/{secret}";
        await SessionEndpoint.WriteAsync(context, StatusCodes.Status201Created, Describe(hook, made));
    }

    private async Task EndAsync(HttpContext context, Account account)
    {
        if (!Guid.TryParseExact(context.Request.Query["id"], "N", out var id)) throw new RvpException("id is one of those that GET lists.");
        if (await stored.EndAsync(account, id, context.RequestAborted) is not { } ended) throw new RvpException(Refusal.NoSuchWebhook);
        await NoteAsync(context, account, ended, "own.webhook.end");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private Task NoteAsync(HttpContext context, Account account, Webhook hook, string action)
    {
        var owner = new Administrator(account.Email, PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None).ToString(), []);
        return admin.Audit.AddAsync(AuditEntry.Of(owner, action, account.Email, account.Domain, after: new { hook.Label, hook.To }));
    }

    private static (string Label, ImAddress? To) Read(ReadOnlySpan<byte> body)
    {
        Form form;
        try
        {
            form = JsonSerializer.Deserialize<Form>(body, Json) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new RvpException("The body must be a JSON object; name and to are texts.");
        }
        var label = form.Name?.Trim() is { Length: > 0 } name ? name : DefaultLabel;
        if (label.Length > MaxLabel || label.Any(char.IsControl)) throw new RvpException($"A name has at most {MaxLabel} characters in one line.");
        ImAddress? to = null;
        if (form.To is not null && !ImAddress.TryParse(form.To, out to)) throw new RvpException("An address looks like JoBrown@adatum.com.");
        return (label, to);
    }

    private static object Describe(Webhook hook, string? url) => new
    {
        id = hook.Id.ToString("N"),
        name = hook.Label,
        to = hook.To,
        made = hook.MadeAt.UtcDateTime,
        used = hook.UsedAt?.UtcDateTime,
        url,
    };

    private sealed record Form(string? Name = null, string? To = null);
}
