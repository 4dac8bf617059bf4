using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rvp.Testing;

/// <summary>One end of a kept connection that reads whole HTTP messages and costs the generator next to nothing.</summary>
internal sealed class HttpConnection(Socket socket, int room = HttpConnection.Roomy) : IDisposable
{
    private const int Roomy = 16 * 1024;

    private byte[] buffer = new byte[room];
    private int filled;
    private int headLength;
    private int messageLength;

    /// <summary>The first line and the headers of the last message.</summary>
    public string Head => Encoding.Latin1.GetString(buffer, 0, headLength);

    /// <summary>The body of the last message.</summary>
    public string Body => Encoding.UTF8.GetString(buffer, headLength, messageLength - headLength);

    /// <summary>This end.</summary>
    public IPEndPoint LocalEndPoint => (IPEndPoint)socket.LocalEndPoint!;

    /// <summary>The status of the last message, an answer.</summary>
    public int Status => Utf8Parser.TryParse(buffer.AsSpan(9, 3), out int status, out _) ? status : 0;

    /// <summary>True when something has come that was not read yet, or the end.</summary>
    public bool HasNews => socket.Poll(0, SelectMode.SelectRead);

    /// <summary>Connects to a port on 127.0.0.1, from an address of this machine's if one is named.</summary>
    public static async Task<HttpConnection> OpenAsync(int port, CancellationToken stop, int room = Roomy, IPAddress? from = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (from is not null) socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
            return new HttpConnection(socket, room);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and gives the status of its answer.</summary>
    public async Task<int> AskAsync(ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        await SendAsync(request, stop);
        return await ReadAsync(stop) ? Status : throw new IOException("The server closed the connection.");
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, stop)..];
    }

    /// <summary>Reads the next message; false when the other end has closed.</summary>
    public async ValueTask<bool> ReadAsync(CancellationToken stop)
    {
        buffer.AsSpan(messageLength, filled - messageLength).CopyTo(buffer);
        filled -= messageLength;
        headLength = messageLength = 0;
        while (!IsWhole())
        {
            if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            var read = await socket.ReceiveAsync(buffer.AsMemory(filled), stop);
            if (read == 0) return false;
            filled += read;
        }
        return true;
    }

    public void Dispose() => socket.Dispose();

    private bool IsWhole()
    {
        var end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        headLength = end + 4;
        var head = buffer.AsSpan(0, headLength);
        var at = head.IndexOf("\r\nContent-Length: "u8);
        messageLength = headLength + (at >= 0 && Utf8Parser.TryParse(head[(at + 18)..], out int body, out _) ? body : 0);
        return filled >= messageLength;
    }
}
