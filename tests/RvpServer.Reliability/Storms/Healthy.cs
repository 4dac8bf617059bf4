using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rvp.Testing;

namespace RvpServer.Reliability.Storms;

/// <summary>
/// Two people who have nothing to do with the storm: one sends the other a message every few milliseconds, and notes how long each takes. Both sides have
/// threads of their own, which the storm's clients cannot hold up: what is measured is the server.
/// </summary>
internal sealed class Healthy : IDisposable
{
    private const int Pause = 20;
    private const int Quick = 100;
    private const int EnoughInARow = 10;

    private readonly Socket callback = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ManualResetEventSlim over = new();
    private readonly List<double> millis = [];
    private readonly User sender;
    private readonly User recipient;
    private readonly int port;
    private readonly Thread answering;
    private Thread? talking;
    private int failures;
    private int quickInARow;

    /// <param name="port">Of the server.</param>
    /// <param name="sender">Number of an account.</param>
    /// <param name="recipient">Number of another.</param>
    public Healthy(int port, int sender, int recipient)
    {
        this.port = port;
        this.sender = new User(sender);
        this.recipient = new User(recipient);
        callback.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        callback.Listen(16);
        answering = new Thread(Answer) { IsBackground = true };
        answering.Start();
    }

    /// <summary>How many messages were not delivered.</summary>
    public int Failures => Volatile.Read(ref failures);

    /// <summary>The recipient signs in, and the sender begins.</summary>
    public async Task BeginAsync()
    {
        using var connection = await HttpConnection.OpenAsync(port, CancellationToken.None);
        var url = string.Create(CultureInfo.InvariantCulture, $"http://{callback.LocalEndPoint}");
        await recipient.SignInAsync(connection, url, CancellationToken.None);
        talking = new Thread(Talk) { IsBackground = true };
        talking.Start();
    }

    /// <summary>How it has been since the last time.</summary>
    public string Take()
    {
        lock (millis)
        {
            var sorted = millis.Order().ToArray();
            millis.Clear();
            return sorted.Length == 0 ? "no message of the uninvolved" : string.Create(CultureInfo.InvariantCulture,
                $"{sorted.Length} messages of the uninvolved: median {sorted[sorted.Length / 2]:F1} ms, p99 {sorted[sorted.Length * 99 / 100]:F1} ms, "
                    + $"worst {sorted[^1]:F0} ms");
        }
    }

    /// <summary>Waits until ten messages in a row, from now on, are quick again.</summary>
    public async Task<TimeSpan> UntilQuickAsync()
    {
        var began = Stopwatch.GetTimestamp();
        lock (millis) quickInARow = 0;
        await Deadline.Until(
            () =>
            {
                lock (millis) return quickInARow >= EnoughInARow;
            },
            $"messages that take less than {Quick} ms", Take, TimeSpan.FromMinutes(3));
        return Stopwatch.GetElapsedTime(began);
    }

    public void Dispose()
    {
        over.Set();
        talking?.Join();
        callback.Dispose();
        answering.Join();
        over.Dispose();
    }

    private void Talk()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(IPAddress.Loopback, port);
        var body = User.Message(sender.Url, recipient.Url);
        while (!over.Wait(Pause))
        {
            var began = Stopwatch.GetTimestamp();
            var head = Ask(socket, body);
            if (head.StartsWith("HTTP/1.1 401", StringComparison.Ordinal))
            {
                sender.Take(head);
                head = Ask(socket, body);
            }
            var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            var isDelivered = head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
            if (!isDelivered) Interlocked.Increment(ref failures);
            lock (millis)
            {
                millis.Add(took);
                quickInARow = isDelivered && took < Quick ? quickInARow + 1 : 0;
            }
        }
    }

    private string Ask(Socket socket, string body)
    {
        socket.Send(sender.Request("NOTIFY", recipient.Path, "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n", body));
        return Read(socket);
    }

    // The recipient's client: each connection brings one message, as with old ones.
    private void Answer()
    {
        try
        {
            while (true)
            {
                using var socket = callback.Accept();
                Read(socket);
                socket.Send("HTTP/1.1 200 Successful\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8);
            }
        }
        catch (SocketException)
        {
            // It is over.
        }
    }

    private static string Read(Socket socket)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        while (true)
        {
            var read = socket.Receive(buffer, filled, buffer.Length - filled, SocketFlags.None);
            if (read == 0) return Encoding.Latin1.GetString(buffer, 0, filled);
            filled += read;
            var text = Encoding.Latin1.GetString(buffer, 0, filled);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0) continue;
            var length = StormMember.HeaderOf(text[..end], "Content-Length");
            if (filled >= end + 4 + (length.Length == 0 ? 0 : int.Parse(length, CultureInfo.InvariantCulture))) return text[..(end + 4)];
        }
    }
}
