using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Rvp.Client.Callbacks;

/// <summary>
/// Takes NOTIFYs from the home server: a small HTTP/1.1 listener with limits on connections, sizes and time. Only the server is told the secret path, so
/// requests from others are refused.
/// </summary>
internal sealed class CallbackListener : IAsyncDisposable
{
    private const int MaxConnections = 32;
    private const int MaxHeadBytes = 16 * 1024;
    private const int MaxBodyBytes = 512 * 1024;

    /// <summary>Longer than servers keep idle connections.</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromMinutes(3);

    private readonly TcpListener listener;
    private readonly Func<byte[], CancellationToken, ValueTask<int>> take;
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, byte> connections = new();
    private readonly SemaphoreSlim room = new(MaxConnections);
    private readonly string path = "/" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly Task accepting;

    private CallbackListener(TcpListener listener, IPAddress address, Func<byte[], CancellationToken, ValueTask<int>> take)
    {
        this.listener = listener;
        this.take = take;
        Url = string.Create(CultureInfo.InvariantCulture, $"http://{new IPEndPoint(address, ((IPEndPoint)listener.LocalEndpoint).Port)}{path}");
        accepting = AcceptAsync();
    }

    /// <summary>The value for the Call-Back header.</summary>
    public string Url { get; }

    /// <summary>Listens on the first free port.</summary>
    /// <param name="address">This machine, as the server sees it.</param>
    /// <param name="ports">The ports to try.</param>
    /// <param name="take">Takes a document and gives the status to answer.</param>
    public static CallbackListener Start(IPAddress address, ConnectionMode.Callback ports, Func<byte[], CancellationToken, ValueTask<int>> take)
    {
        for (var port = ports.First; port <= ports.Last; port++)
        {
            var listener = new TcpListener(address, port);
            try
            {
                listener.Start(MaxConnections);
                return new CallbackListener(listener, address, take);
            }
            catch (SocketException)
            {
                listener.Dispose();
            }
        }
        throw new RvpClientException(RvpError.NoFreePort,
            string.Create(CultureInfo.InvariantCulture, $"No callback port from {ports.First} to {ports.Last} is free."));
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        await accepting.ConfigureAwait(false);
        await Task.WhenAll(connections.Keys).ConfigureAwait(false);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await room.WaitAsync(stopping.Token).ConfigureAwait(false);
                var socket = await listener.AcceptSocketAsync(stopping.Token).ConfigureAwait(false);
                var serving = ServeAsync(socket);
                connections.TryAdd(serving, 0);
                _ = serving.ContinueWith(
                    done => connections.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var reader = new RequestHead(stream, MaxHeadBytes);
            while (true)
            {
                using var idle = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
                idle.CancelAfter(IdleTime);
                if (!await reader.ReadAsync(idle.Token).ConfigureAwait(false)) return;
                var refusal = Judge(reader);
                var status = refusal != 0
                    ? refusal
                    : await take(await reader.ReadBodyAsync(reader.ContentLength!.Value, idle.Token).ConfigureAwait(false), idle.Token).ConfigureAwait(false);
                await stream.WriteAsync(Answer(status, isLast: refusal != 0), idle.Token).ConfigureAwait(false);
                if (refusal != 0) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The peer closed the connection or was too slow, or we are stopping.
        }
        finally
        {
            room.Release();
        }
    }

    // 0 for a NOTIFY to our path whose body may be read; otherwise the status to refuse with.
    private int Judge(RequestHead head) =>
        head.Target != path ? 404
        : head.Verb != "NOTIFY" ? 501
        : head.ContentLength is not { } length ? 411
        : length > MaxBodyBytes ? 413
        : 0;

    private static byte[] Answer(int status, bool isLast)
    {
        var reason = status == 200 ? "Successful" : "Refused";
        return Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {reason}\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n{(isLast ? "Connection: close\r\n" : "")}\r\n"));
    }
}
