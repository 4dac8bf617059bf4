using System.Net;
using System.Text;
using RvpServer.Dns;

namespace RvpServer.Outbound;

/// <summary>How sending a request once ended.</summary>
internal enum SendOutcome
{
    /// <summary>Somebody gave an HTTP answer.</summary>
    Answered,

    /// <summary>The request never got out whole, or the organisation's proxy did not reach anybody: nobody can have acted on it, so another attempt
    /// is safe.</summary>
    NotReached,

    /// <summary>The request is out and no answer came: it may have been acted on, so it must not go out again.</summary>
    NoAnswer,
}

/// <summary>How sending a request once ended, with what was read of the answer or what went wrong.</summary>
internal readonly record struct Sending<T>(SendOutcome Outcome, T? Answer = default, Exception? Error = null);

/// <summary>How much a way out may hold, and for how long.</summary>
/// <param name="MaxConnectionsPerHost">Connections to one host and port.</param>
/// <param name="IdleTime">How long an idle connection is kept.</param>
/// <param name="LifeTime">How long any connection is kept: then DNS is asked again where the host is.</param>
internal sealed record OutboundLimits(int MaxConnectionsPerHost, TimeSpan IdleTime, TimeSpan LifeTime);

/// <summary>
/// The one way out by HTTP, over pooled connections: directly to hosts inside the organisation, else through its proxy where it has one. It never
/// throws for what a peer does.
/// <para>
/// Whether a failed request may be repeated is decided by one fact: did the socket take all of it (<see cref="OnceContent.IsWritten"/>)?
/// A kept connection that the peer has closed in the meantime is the one hard case. SocketsHttpHandler begins to read from a kept
/// connection before it writes on it, and takes another if that read has already ended: a close that has reached this machine is seen
/// before the first byte is written, and the request goes out on a fresh connection, once. A write that fails was not whole: it is
/// repeated by the caller. What is left is a close that crosses the request on the wire. From here it looks exactly like a callback that
/// read the request, showed it and died, so it is <see cref="SendOutcome.NoAnswer"/>: the sender is told, and nobody reads a message
/// twice. Short idle times keep that window small, and most real clients close after each answer anyhow. [client: pidgin-librvp]
/// </para>
/// </summary>
internal sealed class OutboundHttp(Dialer dialer, DomainResolver resolver, OutboundProxy proxy, OutboundLimits limits, TimeProvider clock) : IDisposable
{
    private readonly HttpMessageInvoker direct = new(Handler(dialer, limits));
    private readonly HttpMessageInvoker? proxied = proxy.Url is null ? null : new HttpMessageInvoker(Handler(dialer, limits, proxy.Url));

    /// <summary>The set-up of every outgoing connection: no redirects, cookies or decompression, bounded headers, UTF-8 as it came.</summary>
    public static SocketsHttpHandler Handler(Dialer dialer, OutboundLimits limits, Uri? proxy = null) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = dialer.ConnectAsync,
        ConnectTimeout = Dialer.ConnectTime,
        MaxConnectionsPerServer = limits.MaxConnectionsPerHost,
        // An answer is a status line and a small document: no more than this is read of one that nobody reads.
        MaxResponseDrainSize = 16 * 1024,
        MaxResponseHeadersLength = 32,
        PooledConnectionIdleTimeout = limits.IdleTime,
        PooledConnectionLifetime = limits.LifeTime,
        Proxy = proxy is null ? null : new WebProxy(proxy),
        // Kestrel reads header values as UTF-8: they leave as they came.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        UseCookies = false,
        UseProxy = proxy is not null,
    };

    /// <summary>Sends once.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="connectTime">How long it may take until the request is written.</param>
    /// <param name="answerTime">How long the other side may think about a request that it has got whole.</param>
    /// <param name="read">Reads what counts of the answer.</param>
    /// <param name="stop">Ends the attempt at once.</param>
    public async Task<Sending<T>> SendAsync<T>(
        OutboundRequest request, TimeSpan connectTime, TimeSpan answerTime, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> read,
        CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(connectTime, clock);
        using var stopping = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), deadline);
        using var content = new OnceContent(request.Body, () => deadline.CancelAfter(answerTime));
        using var message = request.ToMessage(content);
        try
        {
            var isProxied = proxied is not null && !await IsInsideAsync(request.Target, deadline.Token);
            // Disposing the response gives the connection back if its body has a known, short end, and drops it otherwise.
            using var response = await (isProxied ? proxied! : direct).SendAsync(message, deadline.Token);
            if (isProxied && OutboundProxy.IsItsOwn(response, out var outcome))
            {
                return new Sending<T>(outcome, Error: new HttpRequestException($"the proxy answered {(int)response.StatusCode}"));
            }
            return new Sending<T>(SendOutcome.Answered, await read(response, deadline.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
        {
            return new Sending<T>(content.IsWritten ? SendOutcome.NoAnswer : SendOutcome.NotReached, Error: e);
        }
    }

    public void Dispose()
    {
        direct.Dispose();
        proxied?.Dispose();
    }

    // A name that this machine's DNS does not know is not inside.
    private async ValueTask<bool> IsInsideAsync(Uri target, CancellationToken stop)
    {
        var addresses = await resolver.AddressesForDialingAsync(target.IdnHost, stop);
        return addresses.Count > 0 && addresses.All(proxy.IsInside);
    }
}
