using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>How one attempt ended.</summary>
internal enum AttemptOutcome
{
    /// <summary>The callback gave an HTTP answer.</summary>
    Answered,

    /// <summary>The request never got out whole, so nobody can have acted on it: another attempt is safe.</summary>
    NotWritten,

    /// <summary>The request is out and no answer came: it may have been shown, so it must not go out again.</summary>
    NoAnswer,
}

/// <summary>How one attempt ended, with the status of the answer or what went wrong.</summary>
internal readonly record struct Attempt(AttemptOutcome Outcome, int Status = 0, Exception? Error = null);

/// <summary>
/// One attempt to bring one NOTIFY to a callback, over pooled connections. It never throws for what a callback does.
/// <para>
/// Whether a failed request may be repeated is decided by one fact: did the socket take all of it (<see cref="NotificationContent.IsWritten"/>)?
/// A kept connection that the callback has closed in the meantime is the one hard case. SocketsHttpHandler begins to read from a kept
/// connection before it writes on it, and takes another if that read has already ended: a close that has reached this machine is seen
/// before the first byte is written, and the request goes out on a fresh connection, once. A write that fails was not whole: it is
/// repeated by the caller. What is left is a close that crosses the request on the wire. From here it looks exactly like a callback that
/// read the request, showed it and died, so it is <see cref="AttemptOutcome.NoAnswer"/>: the sender is told, and nobody reads a message
/// twice. Short idle times keep that window small, and most real clients close after each answer anyhow. [client: pidgin-librvp]
/// </para>
/// </summary>
internal sealed class CallbackClient : IDisposable
{
    private static readonly HttpMethod notify = new("NOTIFY");
    private static readonly SearchValues<char> visible = SearchValues.Create([.. Enumerable.Range(0x21, 0x7e - 0x21 + 1).Select(c => (char)c)]);

    private readonly TimeSpan callbackTimeout;
    private readonly TimeProvider clock;
    private readonly HttpMessageInvoker invoker;

    public CallbackClient(DeliverySettings settings, CallbackDialer dialer, TimeProvider clock)
    {
        callbackTimeout = settings.CallbackTimeout;
        this.clock = clock;
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = dialer.ConnectAsync,
            ConnectTimeout = RetrySchedule.MaxConnectTime,
            // One request at a time per callback; the rest is for several callbacks (paths) behind one address.
            MaxConnectionsPerServer = 16,
            // An answer is a status line: no more than this is read of what else a callback says.
            MaxResponseDrainSize = 16 * 1024,
            MaxResponseHeadersLength = 16,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(15),
            Proxy = settings.OutboundProxy is null ? null : new WebProxy(settings.OutboundProxy),
            // Kestrel reads header values as UTF-8: they leave as they came.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            UseCookies = false,
            UseProxy = settings.OutboundProxy is not null,
        });
    }

    /// <summary>Sends once and waits for the status line and headers, which are the whole answer.</summary>
    /// <param name="target">The callback.</param>
    /// <param name="notification">What to send.</param>
    /// <param name="connectTime">How long it may take until the request is written.</param>
    /// <param name="stop">Ends the attempt at once.</param>
    public async Task<Attempt> SendAsync(Uri target, Notification notification, TimeSpan connectTime, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(connectTime, clock);
        using var stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using var content = new NotificationContent(notification.Body, () => deadline.CancelAfter(callbackTimeout));
        using var request = MakeRequest(target, notification, content);
        try
        {
            // Disposing the response gives the connection back if its body has a known, short end, and drops it otherwise.
            using var response = await invoker.SendAsync(request, deadline.Token);
            return new Attempt(AttemptOutcome.Answered, (int)response.StatusCode);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Attempt(content.IsWritten ? AttemptOutcome.NoAnswer : AttemptOutcome.NotWritten, Error: e);
        }
    }

    public void Dispose() => invoker.Dispose();

    /// <summary>
    /// The callback with its path exactly as the client wrote it. Uri would unescape and shorten it; that is switched off for paths that
    /// can stand in a request line as they are.
    /// </summary>
    internal static Uri AsWritten(Uri callback)
    {
        if (callback.PathAndQuery == "/") return callback;
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        return Uri.TryCreate(callback.OriginalString, in options, out var raw) && raw.PathAndQuery is ['/', ..] path
            && !path.AsSpan().ContainsAnyExcept(visible) ? raw : callback;
    }

    private static HttpRequestMessage MakeRequest(Uri target, Notification notification, NotificationContent content)
    {
        var request = new HttpRequestMessage(notify, AsWritten(target)) { Content = content };
        var headers = request.Headers;
        headers.TryAddWithoutValidation(RvpHeaders.Version, RvpHeaders.DefaultVersion);
        headers.TryAddWithoutValidation(RvpHeaders.FromPrincipal, HeaderText.OneLine(notification.From));
        headers.TryAddWithoutValidation(RvpHeaders.HopCount, notification.HopCount.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation(RvpHeaders.SubscriptionId, notification.SubscriptionId.ToString(CultureInfo.InvariantCulture));
        headers.TryAddWithoutValidation(RvpHeaders.AckType, nameof(AckType.DeepOr));
        content.Headers.TryAddWithoutValidation("Content-Type", HeaderText.OneLine(notification.ContentType));
        return request;
    }
}
