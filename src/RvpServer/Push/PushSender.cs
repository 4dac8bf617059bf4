using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using RvpServer.Directories.Local;
using RvpServer.Outbound;

namespace RvpServer.Push;

/// <summary>What became of a notice.</summary>
internal enum PushOutcome
{
    /// <summary>The push service has it.</summary>
    Taken,

    /// <summary>The browser wants no more of them.</summary>
    Gone,

    /// <summary>The service refused it, or does not answer.</summary>
    Failed,
}

/// <summary>Sends notices to push services, over connections that lead to public addresses only. [RFC 8030]</summary>
internal sealed class PushSender(
    PushKey key, [FromKeyedServices(OutboundRegistration.Peers)] Dialer dialer, OutboundProxy proxy, TimeProvider clock) : IDisposable
{
    // What is older nobody needs to be told of; the message itself waits longer.
    private const int MaxAgeSeconds = 24 * 60 * 60;

    private const int TopicBytes = 24;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly HttpMessageInvoker http = new(OutboundHttp.Handler(
        dialer, new OutboundLimits(MaxConnectionsPerHost: 8, IdleTime: TimeSpan.FromSeconds(30), LifeTime: TimeSpan.FromMinutes(5)), proxy.Url));

    /// <summary>Sends once; the service keeps it until the browser is there.</summary>
    /// <param name="to">Whom.</param>
    /// <param name="notice">What.</param>
    /// <param name="stop">Ends it.</param>
    public async Task<(PushOutcome Outcome, string? Why)> SendAsync(PushSubscription to, PushNotice notice, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, to.Endpoint)
        {
            Content = new ByteArrayContent(PushEncryption.Encrypt(notice.ToBytes(to.ShowsText), to.Receiver, to.Secret)),
        };
        request.Content.Headers.ContentEncoding.Add("aes128gcm");
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.TryAddWithoutValidation("Authorization", await key.AuthorizationAsync(to.Endpoint, stop));
        request.Headers.Add("TTL", MaxAgeSeconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Urgency", "high");
        // While the phone is off, a later notice of the same conversation takes the place of an earlier one.
        request.Headers.Add("Topic", TopicOf(notice.With));
        try
        {
            using var answer = await http.SendAsync(request, either.Token);
            if (answer.IsSuccessStatusCode) return (PushOutcome.Taken, null);
            var isGone = answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;
            return (isGone ? PushOutcome.Gone : PushOutcome.Failed, $"HTTP {(int)answer.StatusCode}");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return (PushOutcome.Failed, failure.GetBaseException().Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    // The service learns nothing of the conversation by it.
    private static string TopicOf(string with) =>
        Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(with)).AsSpan(0, TopicBytes));
}
