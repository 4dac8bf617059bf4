using System.Text;
using System.Text.Json;
using Rvp.Client.Http;
using Rvp.Protocol;

namespace Rvp.Client;

// Webhooks at our own home server, which only servers of this project have.
public sealed partial class RvpClient
{
    /// <summary>Our webhooks, the oldest first.</summary>
    public async Task<IReadOnlyList<OwnWebhook>> GetWebhooksAsync(CancellationToken stop = default) =>
        ReadJson<WebhookList>(await AskForWebhooksAsync("GET", "", [], stop).ConfigureAwait(false)).Hooks;

    /// <summary>Makes a webhook; its URL is told this once.</summary>
    /// <param name="name">What its messages begin with; null: the server's word.</param>
    /// <param name="to">Who gets them; null: we ourselves.</param>
    /// <param name="stop">Ends the request.</param>
    public async Task<OwnWebhook> AddWebhookAsync(string? name = null, ImAddress? to = null, CancellationToken stop = default) =>
        ReadJson<OwnWebhook>(await AskForWebhooksAsync(
            "POST", "", JsonSerializer.SerializeToUtf8Bytes(new { name, to = to?.ToString() }), stop).ConfigureAwait(false));

    /// <summary>Ends a webhook: its URL is worth nothing from then on.</summary>
    public async Task EndWebhookAsync(OwnWebhook hook, CancellationToken stop = default) =>
        await AskForWebhooksAsync("DELETE", "?id=" + Uri.EscapeDataString(hook.Id), [], stop).ConfigureAwait(false);

    private async Task<RvpResponse> AskForWebhooksAsync(string verb, string query, byte[] body, CancellationToken stop)
    {
        await VerifyAsync(stop).ConfigureAwait(false); // A referral may lead to another server: follow it first.
        var request = new RvpRequest(verb, new Uri(routes.OwnServer, "/instmsg/hooks" + query), routes.OwnHost, IsOwnServer: true)
        {
            ContentType = "application/json",
            Body = body,
        };
        var response = await transport.SendAsync(request, stop).ConfigureAwait(false);
        return response.Status switch
        {
            >= 200 and < 300 => response,
            400 or 403 or 404 or 409 => throw new RvpClientException(RvpError.NotAllowed, Encoding.UTF8.GetString(response.Body).Trim()),
            429 or 503 => throw new RvpClientException(RvpError.Busy, "The server cannot answer at the moment."),
            _ => throw new RvpClientException(
                RvpError.Failed, "The server has no webhooks, or is a router: name the home server's URL, or ask the administrator."),
        };
    }

    private static T ReadJson<T>(RvpResponse response)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(response.Body, JsonSerializerOptions.Web) ?? throw new JsonException();
        }
        catch (JsonException e)
        {
            throw new RvpClientException(RvpError.Failed, "The server's answer cannot be read.", e);
        }
    }

    private sealed record WebhookList(IReadOnlyList<OwnWebhook> Hooks);
}
