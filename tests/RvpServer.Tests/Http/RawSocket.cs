using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RvpServer.Tests.Http;

/// <summary>A connection that sends and reads bytes and knows nothing of HTTP. Every wait ends after ten seconds, showing what had come.</summary>
internal sealed class RawSocket : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TcpClient client = new();
    private readonly StringBuilder arrived = new();

    public static async Task<RawSocket> ConnectAsync(IPEndPoint server)
    {
        var socket = new RawSocket();
        await socket.client.ConnectAsync(server);
        return socket;
    }

    public async Task SendAsync(string text) => await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>What comes until the server closes or resets, Date lines left out.</summary>
    public async Task<string> ReadToEndAsync()
    {
        await ReadUntilAsync(_ => false);
        return Taken();
    }

    /// <summary>What comes until it ends with this text, Date lines left out.</summary>
    public async Task<string> ReadUntilAsync(string ending)
    {
        await ReadUntilAsync(text => text.EndsWith(ending, StringComparison.Ordinal));
        return Taken();
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadUntilAsync(Func<string, bool> isEnough)
    {
        using var deadline = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        try
        {
            while (!isEnough(arrived.ToString()))
            {
                var count = await client.GetStream().ReadAsync(buffer, deadline.Token);
                if (count == 0) return;
                arrived.Append(Encoding.Latin1.GetString(buffer, 0, count));
            }
        }
        catch (IOException)
        {
            // A reset ends what comes like a close does.
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"In {Patience} came only: {arrived}");
        }
    }

    private string Taken()
    {
        var text = string.Join("\r\n", arrived.ToString().Split("\r\n").Where(line => !line.StartsWith("Date: ", StringComparison.Ordinal)));
        arrived.Clear();
        return text;
    }
}
