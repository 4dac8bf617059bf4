using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RvpServer.Interop.Curl;

/// <summary>The callback of somebody who signs in with curl: takes NOTIFYs, answers 200, and remembers them.</summary>
internal sealed class NotifyListener : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource closing = new();
    private readonly Arrivals<ReceivedNotify> received = new();
    private readonly Task accepting;

    private NotifyListener()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Url => $"http://{listener.LocalEndpoint}";

    /// <summary>Listens on a free port.</summary>
    public static NotifyListener Start() => new();

    public Task<ReceivedNotify> Hears(string what, Func<ReceivedNotify, bool> isWanted) => received.TakeAsync(isWanted, what, Deadline);

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await accepting;
        listener.Dispose();
        closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptTcpClientAsync(closing.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient connection)
    {
        using (connection)
        {
            NetworkStream stream = connection.GetStream();
            try
            {
                while (await ReadAsync(stream) is { } notify)
                {
                    received.Add(notify);
                    await stream.WriteAsync(
                        "HTTP/1.1 200 Successful\r\nRVP-Notifications-Version: 0.2\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), closing.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The server, or the end of the test, has closed the connection.
            }
        }
    }

    private async Task<ReceivedNotify?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, closing.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        string[] lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1]);
        // Spelt exactly so, or old clients do not find it. [client]
        var body = new byte[int.Parse(headers["Content-Length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, closing.Token);
        return new ReceivedNotify(lines[0], headers, Encoding.UTF8.GetString(body));
    }
}

/// <summary>A NOTIFY as it came.</summary>
/// <param name="RequestLine">The whole line.</param>
/// <param name="Headers">Names exactly as sent.</param>
/// <param name="Body">The body, read as UTF-8.</param>
internal sealed record ReceivedNotify(string RequestLine, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public override string ToString() => $"{RequestLine} {string.Join(", ", Headers)} {Body}";
}
