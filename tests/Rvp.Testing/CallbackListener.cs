using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Rvp.Testing;

/// <summary>A NOTIFY, or another request, as it came.</summary>
/// <param name="Head">Request line and headers, byte for byte, with the empty line that ends them.</param>
/// <param name="RequestLine">The first line.</param>
/// <param name="Headers">Names and values, in order.</param>
/// <param name="Body">The document, read as UTF-8.</param>
/// <param name="Connection">The number of the connection that brought it, from 1.</param>
internal sealed record ReceivedNotify(string Head, string RequestLine, IReadOnlyList<KeyValuePair<string, string>> Headers, string Body, int Connection)
{
    /// <summary>The value of the first header of this name, without case; null where there is none.</summary>
    public string? this[string header] => RawMessage.Find(Headers, header);

    /// <inheritdoc/>
    public override string ToString() => Head + Body;
}

/// <summary>
/// A client's callback: a real listener on loopback that keeps the NOTIFYs in the order they came and answers as it is told. It answers
/// only after it has kept the NOTIFY, so who sees the answer finds it here. It takes any other verb too, and so stands for other servers.
/// </summary>
internal sealed class CallbackListener : IAsyncDisposable
{
    private const string Loopback = "127.0.0.1";

    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<CallbackReply> script = new();
    private readonly ConcurrentDictionary<int, Task> connections = new();
    private readonly Channel<ReceivedNotify> received = Channel.CreateUnbounded<ReceivedNotify>();
    private readonly ConcurrentQueue<ReceivedNotify> all = new();
    private Task accepting = Task.CompletedTask;
    private int connectionCount;
    private bool isDisposed;

    private CallbackListener(CallbackReply reply, int port, string address)
    {
        Reply = reply;
        listener.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        Port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{address}:{Port}"));
    }

    /// <summary>For the Call-Back header; without a path, as clients write it.</summary>
    public Uri Url { get; }

    public int Port { get; }

    /// <summary>How it answers when the script has nothing more.</summary>
    public CallbackReply Reply { get; set; }

    /// <summary>How it answers each request when the script has nothing more; null: by <see cref="Reply"/>.</summary>
    public Func<ReceivedNotify, CallbackReply>? ReplyTo { get; init; }

    /// <summary>Whether it keeps what came; not where a test runs for hours and <see cref="ReplyTo"/> takes what it wants to know.</summary>
    public bool KeepsAll { get; init; } = true;

    /// <summary>How many connections it has taken.</summary>
    public int ConnectionCount => Volatile.Read(ref connectionCount);

    /// <summary>All NOTIFYs since the start, taken or not.</summary>
    public IReadOnlyList<ReceivedNotify> All => [.. all];

    /// <summary>Listens at once; answers as Pidgin's plugin does unless told otherwise. Port 0 takes a free one.</summary>
    public static CallbackListener Start(CallbackReply? reply = null, int port = 0, string address = Loopback)
    {
        var callback = new CallbackListener(reply ?? CallbackReply.Successful, port, address);
        callback.ComeUp();
        return callback;
    }

    /// <summary>A server that answers each request as a test makes it of the request.</summary>
    public static CallbackListener Start(Func<ReceivedNotify, CallbackReply> replyTo, bool keepsAll = true)
    {
        var server = new CallbackListener(CallbackReply.Successful, 0, Loopback) { ReplyTo = replyTo, KeepsAll = keepsAll };
        server.ComeUp();
        return server;
    }

    /// <summary>A callback whose port is taken but refuses connections until <see cref="ComeUp"/>.</summary>
    public static CallbackListener StartDown(CallbackReply? reply = null, int port = 0) => new(reply ?? CallbackReply.Successful, port, Loopback);

    /// <summary>Listens from now on.</summary>
    public void ComeUp()
    {
        listener.Listen(512);
        accepting = AcceptAsync();
    }

    /// <summary>The answers to the next NOTIFYs, in order; then <see cref="Reply"/> again.</summary>
    public void Script(params CallbackReply[] replies)
    {
        foreach (var reply in replies) script.Enqueue(reply);
    }

    /// <summary>Waits for the next NOTIFY nobody has taken yet: 10 s, then it fails and shows what had come.</summary>
    public Task<ReceivedNotify> NextAsync(TimeSpan? within = null) =>
        Deadline.For(received.Reader.ReadAsync(stopping.Token).AsTask(), $"a NOTIFY at {Url}", Story, within);

    /// <summary>Takes what is there.</summary>
    public IReadOnlyList<ReceivedNotify> Drain()
    {
        List<ReceivedNotify> taken = [];
        while (received.Reader.TryRead(out var notify)) taken.Add(notify);
        return taken;
    }

    /// <summary>Closes the listener and all its connections; may be called again.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(connections.Values);
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptAsync(stopping.Token);
                var number = Interlocked.Increment(ref connectionCount);
                connections[number] = ServeAsync(socket, number);
                // Those that are over: a test may run for hours.
                foreach (var (over, _) in connections.Where(connection => connection.Value.IsCompleted)) connections.TryRemove(over, out _);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var reader = new RawMessage(stream);
            while (await reader.ReadHeadAsync(stopping.Token) is { } head)
            {
                var (line, headers) = RawMessage.Split(head);
                var body = await reader.ReadBodyAsync(RawMessage.ContentLength(headers) ?? 0, stopping.Token);
                var notify = new ReceivedNotify(head, line, headers, body, number);
                // The reply is chosen first: a test that has seen this NOTIFY may change it for the next.
                var reply = script.TryDequeue(out var next) ? next : ReplyTo?.Invoke(notify) ?? Reply;
                if (KeepsAll)
                {
                    all.Enqueue(notify);
                    received.Writer.TryWrite(notify);
                }
                if (reply.Text is not null) await stream.WriteAsync(Encoding.Latin1.GetBytes(reply.Text), stopping.Token);
                if (reply.After == AfterReply.Reset) socket.LingerState = new LingerOption(true, 0);
                if (reply.After != AfterReply.KeepOpen) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The server went away, or the test is over.
        }
    }

    private string Story()
    {
        var notifies = All;
        return $"{notifies.Count} in all, on {ConnectionCount} connections{string.Concat(notifies.TakeLast(5).Select(notify => Environment.NewLine + notify))}";
    }
}
