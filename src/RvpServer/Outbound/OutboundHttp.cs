using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.ObjectPool;
using RvpServer.Dns;
using RvpServer.Runtime;

namespace RvpServer.Outbound;

/// <summary>The result of sending a request once.</summary>
internal enum SendOutcome
{
    /// <summary>There was an HTTP answer.</summary>
    Answered,

    /// <summary>
    /// The request was not sent completely, or the organisation's proxy did not reach anybody: nobody can have acted on it, so another attempt is safe.
    /// </summary>
    NotReached,

    /// <summary>The request was sent and no answer came: the other side may have acted on it, so it must not be sent again.</summary>
    NoAnswer,

    /// <summary>
    /// This server itself kept the request from being sent: its rules, its DNS, its network, its lack of places. That says nothing of the other side.
    /// </summary>
    NotTried,
}

/// <summary>The result of sending a request once, with the data from the answer or the error.</summary>
internal readonly record struct Sending<T>(SendOutcome Outcome, T? Answer = default, Exception? Error = null)
{
    /// <summary>How long the request waited for its turn.</summary>
    public TimeSpan Waited { get; init; }
}

/// <summary>Limits for connections.</summary>
/// <param name="MaxConnectionsPerHost">Connections to one host and port.</param>
/// <param name="IdleTime">How long an idle connection is kept.</param>
/// <param name="LifeTime">How long any connection is kept; after that, DNS is asked again for the host.</param>
internal sealed record OutboundLimits(int MaxConnectionsPerHost, TimeSpan IdleTime, TimeSpan LifeTime);

/// <summary>
/// Sends HTTP requests over pooled connections: directly to hosts inside the organisation, otherwise through its proxy if it has one. Never throws for anything
/// that a peer does.
/// <para>
/// Whether a failed request may be repeated depends on one fact: has the socket taken all of it (<see cref="OnceContent.IsWritten"/>)? The only hard case is a
/// pooled connection that the peer has closed in the meantime. SocketsHttpHandler starts reading from a pooled connection before it writes to it, and takes
/// another one if that read has already ended: so a close that has reached this machine is noticed before the first byte is written, and the request is sent on
/// a new connection, once. If a write fails, the request was not complete, and the caller repeats it. What remains is a close that is still on its way when the
/// request is written. Seen from here it looks exactly like a callback that read the request, showed it and died, so it is <see cref="SendOutcome.NoAnswer"/>:
/// the sender is told, and nobody reads a message twice. Short idle times keep that window small, and most real clients close after each answer anyway.
/// [client: pidgin-librvp]
/// </para>
/// </summary>
internal sealed class OutboundHttp(Dialer dialer, DomainResolver resolver, OutboundProxy proxy, OutboundLimits limits, Stalls stalls, TimeProvider clock)
    : IDisposable
{
    /// <summary>As many are kept as requests may well be under way at once; what one costs is less than making it.</summary>
    private const int MaxPatiences = 1024;

    private static readonly Action<object?> EndPatience = static patience => ((Patience)patience!).End();

    private readonly ObjectPool<Patience> patiences =
        new DefaultObjectPoolProvider { MaximumRetained = MaxPatiences }.Create(new PatiencePolicy(stalls, clock));

    private readonly HttpMessageInvoker direct = new(Handler(dialer, limits));
    private readonly HttpMessageInvoker? proxied = proxy.Url is null ? null : new HttpMessageInvoker(Handler(dialer, limits, proxy.Url));

    /// <summary>The settings of every outgoing connection: no redirects, cookies or decompression, limited headers, UTF-8 unchanged.</summary>
    public static SocketsHttpHandler Handler(Dialer dialer, OutboundLimits limits, Uri? proxy = null) => new()
    {
        ActivityHeadersPropagator = null,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectCallback = dialer.ConnectAsync,
        // The dialer itself limits the time of connecting, after its turn has come.
        ConnectTimeout = Dialer.WaitTime + Dialer.ConnectTime,
        MaxConnectionsPerServer = limits.MaxConnectionsPerHost,
        // An answer is a status line and a small document: no more than this is read of an unused one.
        MaxResponseDrainSize = 16 * 1024,
        MaxResponseHeadersLength = 32,
        PooledConnectionIdleTimeout = limits.IdleTime,
        PooledConnectionLifetime = limits.LifeTime,
        Proxy = proxy is null ? null : new WebProxy(proxy),
        // Kestrel reads header values as UTF-8: they are sent in the same way.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        ResponseDrainTimeout = TimeSpan.FromSeconds(1),
        UseCookies = false,
        UseProxy = proxy is not null,
    };

    /// <summary>Sends once.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="connectTime">How long it may take from the first packet until the request is written; before, it waits for its turn.</param>
    /// <param name="answerTime">How long the other side may take to answer after it has the whole request.</param>
    /// <param name="read">Reads what is needed from the answer.</param>
    /// <param name="stop">Ends the attempt immediately.</param>
    public async Task<Sending<T>> SendAsync<T>(
        OutboundRequest request, TimeSpan connectTime, TimeSpan answerTime, Func<HttpResponseMessage, CancellationToken, ValueTask<T>> read,
        CancellationToken stop)
    {
        var patience = patiences.Get();
        patience.Begin(Dialer.WaitTime);
        var content = new OnceContent(request.Body, patience, connectTime, answerTime, clock);
        try
        {
            using var stopping = stop.UnsafeRegister(EndPatience, patience);
            using var message = request.ToMessage(content);
            var isProxied = proxied is not null && await NeedsProxyAsync(request.Target, patience.Token);
            // Disposing the response returns the connection to the pool if its body has a known, short length, and closes it otherwise.
            using var response = await (isProxied ? proxied! : direct).SendAsync(message, patience.Token);
            if (isProxied && OutboundProxy.IsItsOwn(response, out var outcome))
            {
                return new Sending<T>(outcome, Error: new HttpRequestException($"the proxy answered {(int)response.StatusCode}"));
            }
            return new Sending<T>(SendOutcome.Answered, await read(response, patience.Token));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            var outcome = content.IsWritten ? SendOutcome.NoAnswer
                : !content.IsTried || Dialer.IsOurs(e) ? SendOutcome.NotTried
                : SendOutcome.NotReached;
            return new Sending<T>(outcome, Error: e) { Waited = content.Waited };
        }
        finally
        {
            patiences.Return(patience);
        }
    }

    /// <summary>Connects to a host and sends nothing: a sign of life where one was missing. The proxy of the organisation knows no such question.</summary>
    /// <returns><see cref="SendOutcome.Answered"/> if there was a connection, or the host is behind the proxy.</returns>
    public async Task<SendOutcome> KnockAsync(Uri target, CancellationToken stop)
    {
        var isTried = false;
        using var patience = new Patience(stalls, clock);
        patience.Begin(Dialer.WaitTime);
        using var stopping = stop.UnsafeRegister(EndPatience, patience);
        try
        {
            if (proxied is not null && await NeedsProxyAsync(target, patience.Token)) return SendOutcome.Answered;
            await using var connection = await dialer.ConnectAsync(new DnsEndPoint(target.IdnHost, target.Port), Tried, patience.Token);
            return SendOutcome.Answered;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            return !isTried || Dialer.IsOurs(e) ? SendOutcome.NotTried : SendOutcome.NotReached;
        }

        void Tried()
        {
            isTried = true;
            patience.Begin(Dialer.ConnectTime);
        }
    }

    public void Dispose()
    {
        direct.Dispose();
        proxied?.Dispose();
        (patiences as IDisposable)?.Dispose();
    }

    // A name that this machine's DNS does not know is not inside. Throws SocketException for what may not be connected to, as the dialer does.
    private async ValueTask<bool> NeedsProxyAsync(Uri target, CancellationToken stop)
    {
        var addresses = await resolver.AddressesForDialingAsync(target.IdnHost, stop);
        if (addresses.Count > 0 && addresses.All(proxy.IsInside)) return false;
        return dialer.MayReach(target.IdnHost, addresses, target.Port) ? true : throw new SocketException((int)SocketError.AccessDenied);
    }

    private sealed class PatiencePolicy(Stalls stalls, TimeProvider clock) : PooledObjectPolicy<Patience>
    {
        public override Patience Create() => new(stalls, clock);

        public override bool Return(Patience used) => used.TryReset();
    }
}
