using System.Net;
using System.Net.Sockets;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>The clients' callbacks: takes every NOTIFY, answers 200 at once and keeps the connection.</summary>
internal sealed class CallbackSink : IDisposable
{
    // A notification fits; thousands of connections need not be large on this side.
    private const int Room = 4096;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Socket[] listeners;
    private readonly CancellationToken stop;
    private long received;
    private long awaited;
    private TaskCompletionSource reached = new();
    private TaskCompletionSource<string>? sample;

    /// <param name="count">How many ports: a callback of its own for each client, as with clients on machines of their own.</param>
    /// <param name="stop">Ends it.</param>
    public CallbackSink(int count, CancellationToken stop)
    {
        this.stop = stop;
        listeners = [.. Enumerable.Range(0, count).Select(_ => Listen())];
        foreach (var listener in listeners) _ = AcceptAsync(listener);
        Ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndPoint!).Port)];
    }

    public IReadOnlyList<int> Ports { get; }

    /// <summary>How many came so far.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Completes when so many more have come; call it before they are sent. Fails where one is lost.</summary>
    public Task Expect(int more)
    {
        reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref awaited, Received + more);
        return WaitAsync(reached.Task);

        async Task WaitAsync(Task all)
        {
            try
            {
                await all.WaitAsync(Patience, stop);
            }
            catch (TimeoutException)
            {
                throw new InvalidOperationException($"{Interlocked.Read(ref awaited) - Received} of {more} notifications have not arrived.");
            }
        }
    }

    /// <summary>The body of the next that comes.</summary>
    public Task<string> NextBodyAsync() => (sample = new TaskCompletionSource<string>()).Task;

    public void Dispose()
    {
        foreach (var listener in listeners) listener.Dispose();
    }

    private static Socket Listen()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        return listener;
    }

    private async Task AcceptAsync(Socket listener)
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
        using var connection = new HttpConnection(socket, Room);
        var answer = "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n"u8.ToArray();
        try
        {
            while (await connection.ReadAsync(stop))
            {
                if (Interlocked.Increment(ref received) == Interlocked.Read(ref awaited)) reached.TrySetResult();
                if (sample is not null) Interlocked.Exchange(ref sample, null)?.TrySetResult(connection.Body);
                await connection.SendAsync(answer, stop);
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // The server went away.
        }
    }
}
