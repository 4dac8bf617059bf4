using System.Diagnostics;

namespace RvpServer.Bench;

/// <summary>
/// What it costs a server to pass one message on: processor time of the server process per NOTIFY, from the sender's request to both answers,
/// beside YARP doing nothing but forwarding the same bytes to the same callbacks. Rounds take turns, so that whatever else the machine does
/// hits all alike; what counts is the median of the ratios of neighbouring rounds.
/// </summary>
internal static class RelayBenchmark
{
    private const int Connections = 16;
    private const int WarmUps = 2;
    private const string NotifyHeaders = "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n";

    public static async Task RunAsync(int messages, int rounds, CancellationToken stop)
    {
        using var sink = new CallbackSink(stop);
        await using var yarp = await ServerProcess.StartAsync(ServerProcess.Yarp, [Text(sink.Port)], stop);
        await using var quiet = await ServerProcess.StartAsync(ServerProcess.Rvp, [Text(Connections)], stop);
        await using var logging = await ServerProcess.StartAsync(ServerProcess.Rvp, [Text(Connections), "log"], stop);
        var users = await SignInAsync(quiet, sink, stop);
        await SignInAsync(logging, sink, stop);
        Row[] rows =
        [
            new("YARP forwards", yarp, Asserted),
            new("assertion", quiet, Asserted),
            new("Digest, nc counting", quiet, i => () => users[i].Request("NOTIFY", users[Next(i)].Path, NotifyHeaders, User.Message(users[i].Url, users[Next(i)].Url))),
            new("assertion, W3C log", logging, Asserted),
        ];
        // Warms up, until the compiler has done its last tier and is quiet.
        for (var round = 0; round < WarmUps; round++)
            foreach (var row in rows) await RoundAsync(row, sink, messages, stop);
        foreach (var row in rows) row.Measured.Clear();
        for (var round = 0; round < rounds; round++)
            foreach (var row in rows) await RoundAsync(row, sink, messages, stop);
        Print(rows, messages, rounds);
    }

    private static Func<byte[]> Asserted(int sender)
    {
        var from = "http://im.contoso.com/instmsg/aliases/Sender" + Text(sender);
        var to = "/instmsg/aliases/" + User.NameOf(Next(sender));
        var request = User.Write("NOTIFY", to, from, NotifyHeaders, User.Message(from, "http://im.adatum.com" + to));
        return () => request;
    }

    private static int Next(int sender) => (sender + 1) % Connections;

    private static async Task<User[]> SignInAsync(ServerProcess server, CallbackSink sink, CancellationToken stop)
    {
        var users = Enumerable.Range(0, Connections).Select(i => new User(i)).ToArray();
        using var connection = await HttpConnection.OpenAsync(server.Port, stop);
        // A path of its own is a queue of its own, as with clients on machines of their own.
        for (var i = 0; i < users.Length; i++) await users[i].SignInAsync(connection, $"http://127.0.0.1:{sink.Port}/{i}", stop);
        return users;
    }

    private static async Task RoundAsync(Row row, CallbackSink sink, int messages, CancellationToken stop)
    {
        var receivedBefore = sink.Received;
        var connections = await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => HttpConnection.OpenAsync(row.Server.Port, stop)));
        var before = row.Server.ProcessorTime;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(connections.Select((connection, i) => Task.Run(() => SendAsync(connection, row.SenderOf(i), messages / Connections, stop))));
        var took = Stopwatch.GetElapsedTime(began);
        var used = row.Server.ProcessorTime - before;
        foreach (var connection in connections) connection.Dispose();
        var sent = messages / Connections * Connections;
        if (sink.Received - receivedBefore < sent) throw new InvalidOperationException($"{row.Name}: {sent} messages were answered, {sink.Received - receivedBefore} arrived.");
        row.Measured.Add((used.TotalMicroseconds / sent, sent / took.TotalSeconds));
    }

    private static async Task SendAsync(HttpConnection connection, Func<byte[]> next, int count, CancellationToken stop)
    {
        for (var i = 0; i < count; i++)
        {
            if (await connection.AskAsync(next(), stop) is var status and not 200) throw new InvalidOperationException("NOTIFY got " + connection.Head + status);
        }
    }

    private static void Print(Row[] rows, int messages, int rounds)
    {
        Console.WriteLine($"relay: {rounds} rounds of {messages} messages, {Connections} connections; processor time of the server process per message");
        Console.WriteLine($"{"",-22}{"median µs",10}{"lowest",10}{"highest",10}{"ratio",8}{"messages/s",12}");
        foreach (var row in rows)
        {
            var micros = row.Measured.Select(m => m.Micros).ToList();
            Console.WriteLine($"{row.Name,-22}{Table.Median(micros),10:F1}{micros.Min(),10:F1}{micros.Max(),10:F1}{Table.Median(micros.Zip(rows[0].Measured, (one, yardstick) => one / yardstick.Micros)),8:F2}{Table.Median(row.Measured.Select(m => m.PerSecond)),12:F0}");
        }
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private sealed record Row(string Name, ServerProcess Server, Func<int, Func<byte[]>> Make)
    {
        public List<(double Micros, double PerSecond)> Measured { get; } = [];

        public Func<byte[]> SenderOf(int connection) => Make(connection);
    }
}
