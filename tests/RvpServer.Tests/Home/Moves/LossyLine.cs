using System.Net;
using System.Net.Sockets;
using System.Text;
using Rvp.Testing;

namespace RvpServer.Tests.Home.Moves;

/// <summary>A line to a server that loses questions about moves, or their answers: as if either side had died in that moment.</summary>
internal sealed class LossyLine : IAsyncDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private int asked;

    public LossyLine()
    {
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(100);
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndPoint!).Port;

    /// <summary>The port of the server.</summary>
    public int Target { get; set; }

    /// <summary>How many questions get through; from the next one on the line is cut.</summary>
    public int QuestionsLeft { get; set; } = int.MaxValue;

    /// <summary>How many answers get through.</summary>
    public int AnswersLeft { get; set; } = int.MaxValue;

    /// <summary>Waits until so many questions have come.</summary>
    public Task AsksAsync(int count) => Deadline.Until(() => Volatile.Read(ref asked) >= count, $"{count} questions", () => $"{asked}");

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await listener.AcceptAsync(stopping.Token));
            }
            catch (Exception over) when (over is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
        {
            try
            {
                await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Target), stopping.Token);
                await Task.WhenAny(PassQuestionsAsync(client, server), PassAnswersAsync(server, client));
            }
            catch (SocketException)
            {
                // Closed, which the other side sees.
            }
        }
    }

    private async Task PassQuestionsAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, stopping.Token) is > 0 and var count)
        {
            if (Encoding.Latin1.GetString(buffer, 0, count).Contains("POST /rvpserver/moves", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref asked);
                if (QuestionsLeft == 0) await SwallowAsync(from, buffer);
                else QuestionsLeft--;
            }
            await to.SendAsync(buffer.AsMemory(0, count), stopping.Token);
        }
    }

    // The whole question is on its way for whoever has sent it.
    private async Task SwallowAsync(Socket from, byte[] buffer)
    {
        while (from.Available > 0 || from.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead))
            if (await from.ReceiveAsync(buffer, stopping.Token) == 0) break;
        from.Dispose();
        throw new SocketException((int)SocketError.ConnectionReset);
    }

    private async Task PassAnswersAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, stopping.Token) is > 0 and var count)
        {
            if (Encoding.Latin1.GetString(buffer, 0, count).Contains("application/octet-stream", StringComparison.Ordinal))
            {
                if (AnswersLeft == 0) return;
                AnswersLeft--;
            }
            await to.SendAsync(buffer.AsMemory(0, count), stopping.Token);
        }
    }
}
