using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;
using RvpServer.Network;
using RvpServer.Runtime;
using RvpServer.Web;

namespace RvpServer.Webhooks;

/// <summary>
/// <c>POST /instmsg/hooks/NAME/SECRET</c>: a program says something. Whoever does not know the secret learns nothing, neither by the answer nor by its time: an
/// unknown one, an ended one, and one of an account that is disabled or removed are the same.
/// </summary>
internal sealed class WebhookPost(StoredWebhooks stored, IDirectory directory, NodeLocator locator, WebhookDelivery delivery, ForwardToHome forward,
    WebhookThrottle throttle, WebhookMetrics metrics, AbuseLog abuse, LimitsOptions limits, WallClock wall)
{
    // Reports of programs; nobody reads more in a message.
    private const int MaxBytes = 64 * 1024;

    // Often enough for the list, seldom enough that a busy hook writes little.
    private static readonly TimeSpan WorthNoting = TimeSpan.FromMinutes(5);

    private readonly int maxBytes = Math.Min(MaxBytes, limits.MaxBodyBytes);

    /// <summary>Answers it.</summary>
    /// <param name="context">The request.</param>
    /// <param name="server">The virtual server that was asked.</param>
    /// <param name="name">The owner's name, by which a router finds the home server; null in older URLs.</param>
    /// <param name="secret">The secret.</param>
    public async Task HandleAsync(HttpContext context, VirtualServer server, string? name, string secret)
    {
        // Logs are read by more people than may know it.
        var asked = context.Request.Path.ToUriComponent();
        context.Request.Path = WebhooksEndpoint.Path + "/*";
        try
        {
            await TakeAsync(context, server, name, secret, asked);
            metrics.Count(context.Response.StatusCode);
        }
        catch (RvpException refused)
        {
            metrics.Count(refused.Refusal.Status);
            throw;
        }
    }

    private async Task TakeAsync(HttpContext context, VirtualServer server, string? name, string secret, string asked)
    {
        var (stop, address) = (context.RequestAborted, PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None));
        if (context.Request.Method is not ("POST" or "PUT"))
        {
            context.Response.Headers.Allow = "POST, PUT";
            await RefuseAsync(context, Refusal.NotForWebhooks);
            return;
        }
        if (throttle.WaitAt(address) is { } tooManyThere)
        {
            await PutOffAsync(context, tooManyThere, address);
            return;
        }
        if (name is not null && await FindHomeAsync(server, name, stop) is { } home)
        {
            await forward(context, server, home, asked);
            return;
        }
        if (await FindAsync(secret, stop) is not (var hook, var owner))
        {
            await RefuseAsync(context, Refusal.NoSuchWebhook);
            return;
        }
        RequestMarks.Of(context).ProvenName = owner.Name;
        if (throttle.WaitOf(hook) is { } tooMany)
        {
            await PutOffAsync(context, tooMany, address);
            return;
        }
        var body = await BodyReader.ReadAsync(context, maxBytes, limits.BodyTimeout, stop);
        var text = WebhookMessage.Read(context.Request, body).Write(hook.Label);
        // What follows waits more than it works.
        context.Features.Get<Seat>()?.Dispose();
        var answer = await delivery.SendAsync(owner, hook, text, address, stop);
        if (hook.UsedAt is not { } used || (wall.Now - used).Duration() >= WorthNoting) await stored.NoteUseAsync(hook, wall.Now, stop);
        await AnswerAsync(context, answer);
    }

    // Null: here, or nowhere.
    private async ValueTask<HostAndPort?> FindHomeAsync(VirtualServer server, string name, CancellationToken stop) =>
        await directory.FindAsync(server.Domain, name, stop) is { } owner && locator.Of(owner).Location is NodeLocation.AtHome away ? away.Host : null;

    private async Task<(Webhook, Account)?> FindAsync(string secret, CancellationToken stop)
    {
        if (await stored.FindAsync(WebhookSecret.HashOf(secret), stop) is not { } hook) return null;
        var owner = await directory.FindAsync(hook.OwnerName.Domain, hook.OwnerName.Name, stop);
        // A later account of the same name has another key.
        return owner is { IsEnabled: true } && owner.Key == hook.Owner && locator.Of(owner).Location is NodeLocation.Here ? (hook, owner) : null;
    }

    private Task PutOffAsync(HttpContext context, TimeSpan wait, IPAddress address)
    {
        abuse.Refused(AbuseKind.Requests, address);
        return AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.TooManyMessages), wait);
    }

    private static Task AnswerAsync(HttpContext context, Answer answer)
    {
        // A recipient who wants a proof of each sender gets none of a program.
        if (answer is Answer.Refused { Refusal: var refusal }) return RefuseAsync(context, refusal == Refusal.ProofNeeded ? Refusal.NotAllowed : refusal);
        if (answer is Answer.Done { IsDelivered: { } isDelivered })
            context.Response.Headers[RvpHeaders.Delivered] = isDelivered ? RvpHeaders.DeliveredNow : RvpHeaders.DeliveredLater;
        return AnswerWriter.WriteAsync(context, StatusCodes.Status200OK, "OK", "ok"u8.ToArray(), "text/plain; charset=utf-8");
    }

    private static Task RefuseAsync(HttpContext context, Refusal refusal) => AnswerWriter.WriteAsync(context, new Answer.Refused(refusal));
}
