using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rvp.Testing;

/// <summary>A TCP connection that sends exactly what a test says and shows exactly what comes back.</summary>
internal sealed class RawConnection : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly NetworkStream stream;
    private readonly RawMessage reader;
    private string sent = "";

    private RawConnection(Socket socket)
    {
        this.socket = socket;
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = new RawMessage(stream);
    }

    /// <summary>This end.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>Whether the other side has closed it, and nothing is left to be read.</summary>
    public bool IsClosed => socket.Poll(TimeSpan.Zero, SelectMode.SelectRead) && socket.Available == 0;

    /// <summary>Connects to a port on 127.0.0.1.</summary>
    public static Task<RawConnection> OpenAsync(int port) => OpenAsync(new IPEndPoint(IPAddress.Loopback, port));

    /// <summary>Connects.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="from">This end's address; null: the system chooses.</param>
    public static async Task<RawConnection> OpenAsync(IPEndPoint server, IPAddress? from = null)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (from is not null) socket.Bind(new IPEndPoint(from, 0));
            await Deadline.For(socket.ConnectAsync(server), $"a connection to {server}", () => "none");
            return new RawConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>One request on a connection of its own.</summary>
    public static async Task<RawAnswer> AskAsync(int port, string request)
    {
        await using var connection = await OpenAsync(port);
        return await connection.AskAsync(request);
    }

    /// <summary>Sends a request, head and body, and reads its answer.</summary>
    public async Task<RawAnswer> AskAsync(string request)
    {
        await SendAsync(request);
        return await ReadAnswerAsync();
    }

    /// <summary>Sends text as UTF-8, as it is: line ends too.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        sent = Encoding.UTF8.GetString(bytes.Span);
        await Deadline.For(stream.WriteAsync(bytes).AsTask(), "to send " + sent, () => reader.Arrived);
    }

    /// <summary>Closes this direction: the server sees the end of what we send.</summary>
    public void FinishSending() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>
    /// Reads one whole answer: the body by Content-Length, or to the close where there is none; no body with 1xx, 204 and 304, nor to HEAD.
    /// Fails when it is not there within 10 s, and shows what is.
    /// </summary>
    public Task<RawAnswer> ReadAnswerAsync(TimeSpan? within = null) =>
        Deadline.For(ReadAsync(), "an answer to " + Shortened(sent), () => reader.Arrived, within);

    /// <summary>Reads all until the server closes.</summary>
    public Task<string> ReadToEndAsync(TimeSpan? within = null) =>
        Deadline.For(reader.ReadToEndAsync(), "the end of the connection", () => reader.Arrived, within);

    /// <summary>Reads all until it ends with this text, or the server closes.</summary>
    public Task<string> ReadUntilAsync(string ending, TimeSpan? within = null) =>
        Deadline.For(reader.ReadUntilAsync(ending), ending, () => reader.Arrived, within);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await stream.DisposeAsync();

    private async Task<RawAnswer> ReadAsync()
    {
        var head = await reader.ReadHeadAsync() ?? throw new IOException("Closed without an answer to " + Shortened(sent));
        var (line, headers) = RawMessage.Split(head);
        var answer = new RawAnswer(head, line, headers, "");
        if (answer.Status is (>= 100 and < 200) or 204 or 304 || sent.StartsWith("HEAD ", StringComparison.Ordinal)) return answer;
        var body = RawMessage.ContentLength(headers) is { } length ? await reader.ReadBodyAsync(length) : await reader.ReadToEndAsync();
        return answer with { Body = body };
    }

    private static string Shortened(string text) => text.Length <= 500 ? text : text[..500] + "…";
}
