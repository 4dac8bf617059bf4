using System.Net;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>The clients' callbacks: takes every NOTIFY, answers 200 at once and keeps the connection.</summary>
internal sealed class CallbackSink : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationToken stop;
    private long received;

    public CallbackSink(CancellationToken stop)
    {
        this.stop = stop;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>How many came so far.</summary>
    public long Received => Interlocked.Read(ref received);

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptAsync(stop));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        socket.NoDelay = true;
        using var connection = new HttpConnection(socket);
        var answer = "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
        try
        {
            while (await connection.ReadAsync(stop))
            {
                Interlocked.Increment(ref received);
                await connection.SendAsync(answer, stop);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // The server went away.
        }
    }
}
