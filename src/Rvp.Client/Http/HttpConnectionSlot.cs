using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Rvp.Client.Naming;
using Rvp.Protocol;

namespace Rvp.Client.Http;

/// <summary>
/// At most one connection to each server, one request at a time: NTLM's three messages must use the same connection, and long polls must not delay other
/// requests.
/// </summary>
internal sealed class HttpConnectionSlot : IDisposable
{
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    private readonly HttpMessageInvoker invoker;

    public HttpConnectionSlot(RvpClientOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxConnectionsPerServer = 1,
            MaxResponseHeadersLength = 64,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            // A user name need not be ASCII, and the default refuses to send it.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
        };
        var connect = options.Connect ?? ConnectAsync;
        handler.ConnectCallback = (context, stop) => connect(context.DnsEndPoint, stop);
        options.ConfigureHandler?.Invoke(handler);
        invoker = new HttpMessageInvoker(handler);
    }

    public void Dispose() => invoker.Dispose();

    /// <summary>Sends a request and reads the whole answer. Throws <see cref="RvpClientException"/> when there is none.</summary>
    public async Task<RvpResponse> SendAsync(RvpRequest request, string? authorization, TimeSpan timeout, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(timeout + request.Wait);
        try
        {
            using var message = Message(request, authorization);
            using var answer = await invoker.SendAsync(message, deadline.Token).ConfigureAwait(false);
            var body = await ReadAsync(answer.Content, deadline.Token).ConfigureAwait(false);
            var headers = answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated)
                .SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value)))
                .ToList();
            return new RvpResponse((int)answer.StatusCode, answer.ReasonPhrase ?? "", headers, body);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            var isUnsent = e is HttpRequestException
            {
                HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError,
            };
            if (isUnsent) throw RvpClientException.NotReached(request.Target, e);
            throw new RvpClientException(
                RvpError.Unreachable, $"The server {request.Target.Authority} {(e is OperationCanceledException ? "does not answer" : "broke off")}.", e);
        }
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint server, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(LoopbackName.ForSystem(server.Host), server.Port, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static HttpRequestMessage Message(RvpRequest request, string? authorization)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Verb), request.Target)
        {
            Version = HttpVersion.Version11,
            Content = new ByteArrayContent(request.Body),
        };
        message.Headers.Host = request.Host;
        message.Headers.TryAddWithoutValidation(RvpHeaders.Version, RvpHeaders.DefaultVersion);
        foreach (var (name, value) in request.Headers) message.Headers.TryAddWithoutValidation(name, value);
        if (authorization is not null) message.Headers.TryAddWithoutValidation("Authorization", authorization);
        if (request.Body.Length > 0) message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        return message;
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken stop)
    {
        using var stream = await content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, stop).ConfigureAwait(false)) > 0)
        {
            body.Write(chunk, 0, read);
            if (body.Length > MaxBodyBytes) throw new RvpClientException(RvpError.Failed, "The server's answer is too long.");
        }
        return body.ToArray();
    }
}
