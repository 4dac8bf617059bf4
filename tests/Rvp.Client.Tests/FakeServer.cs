using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>A server that answers every request as it is told, and keeps their heads.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, string> answer;
    private readonly ConcurrentQueue<string> requests = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly Task serving;

    private FakeServer(Func<string, string> answer)
    {
        this.answer = answer;
        listener.Start();
        serving = ServeAsync();
    }

    public IReadOnlyList<string> Requests => [.. requests];

    public static FakeServer Start(Func<string, string> answer) => new(answer);

    public static async ValueTask<Stream> ConnectAsync(int port, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port, stop);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public ValueTask<Stream> ConnectAsync(CancellationToken stop) => ConnectAsync(((IPEndPoint)listener.LocalEndpoint).Port, stop);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await serving;
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            var stream = connection.GetStream();
            var reader = new RawMessage(stream);
            try
            {
                while (await reader.ReadHeadAsync(stopping.Token) is { } head)
                {
                    await reader.ReadBodyAsync(RawMessage.ContentLength(RawMessage.Split(head).Headers) ?? 0, stopping.Token);
                    requests.Enqueue(head);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer(head)), stopping.Token);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
