using System.Net;
using System.Net.Sockets;

namespace Rvp.Testing;

/// <summary>Stands between a client and a server on loopback, and cuts the connection when it is told to: before a question, or before its answer.</summary>
internal sealed class CutProxy : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly int server;
    private int cut;

    /// <param name="server">The server's port.</param>
    public CutProxy(int server)
    {
        this.server = server;
        listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How many connections were cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>The next bytes of the client do not arrive, on whichever connection they come.</summary>
    public void CutNextQuestion() => Volatile.Write(ref cut, 1);

    /// <summary>The next bytes of the client arrive, but not what the server answers to them.</summary>
    public void CutNextAnswer() => Volatile.Write(ref cut, 2);

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var there = new TcpClient();
        using (client)
        {
            try
            {
                await there.ConnectAsync(IPAddress.Loopback, server, stop.Token);
                client.NoDelay = there.NoDelay = true;
                await Task.WhenAny(QuestionsAsync(client, there), AnswersAsync(client, there));
            }
            catch (Exception end) when (end is IOException or SocketException or OperationCanceledException)
            {
                // Either side has gone.
            }
        }
    }

    private async Task QuestionsAsync(TcpClient client, TcpClient there)
    {
        var bytes = new byte[65_536];
        while (await client.GetStream().ReadAsync(bytes, stop.Token) is > 0 and var count)
        {
            if (Interlocked.CompareExchange(ref cut, 0, 1) == 1)
            {
                Cuts++;
                return;
            }
            await there.GetStream().WriteAsync(bytes.AsMemory(0, count), stop.Token);
        }
    }

    private async Task AnswersAsync(TcpClient client, TcpClient there)
    {
        var bytes = new byte[65_536];
        while (await there.GetStream().ReadAsync(bytes, stop.Token) is > 0 and var count)
        {
            if (Interlocked.CompareExchange(ref cut, 0, 2) == 2)
            {
                Cuts++;
                return;
            }
            await client.GetStream().WriteAsync(bytes.AsMemory(0, count), stop.Token);
        }
    }
}
