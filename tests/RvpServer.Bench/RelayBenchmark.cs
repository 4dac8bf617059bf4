using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What it costs a home server to pass one message on, from the sender's request to both answers, beside YARP doing nothing but forwarding the
/// same bytes to the same callbacks.
/// </summary>
internal static class RelayBenchmark
{
    private const string NotifyHeaders = "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n";

    public static async Task RunAsync(int messages, int rounds, CancellationToken stop)
    {
        using var sink = new CallbackSink(stop);
        await using var yarp = await ChildServer.StartAsync(ChildServer.Yarp, [Table.Text(sink.Port)], stop);
        await using var quiet = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Contest.Connections)], stop);
        await using var logging = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Contest.Connections), "log"], stop);
        var users = await SignInAsync(quiet, sink, stop);
        await SignInAsync(logging, sink, stop);
        Contender[] rows =
        [
            new("YARP forwards", yarp, Asserted),
            new("assertion", quiet, Asserted),
            new("Digest, nc counting", quiet,
                i => () => users[i].Request("NOTIFY", users[Next(i)].Path, NotifyHeaders, User.Message(users[i].Url, users[Next(i)].Url))),
            new("assertion, W3C log", logging, Asserted),
        ];
        await new Contest("messages", 200, messages, rounds, sink).RunAsync("relay", rows, stop);
    }

    /// <summary>A message from somebody elsewhere, the same each time.</summary>
    public static Func<byte[]> Asserted(int sender)
    {
        var from = "http://im.contoso.com/instmsg/aliases/Sender" + Table.Text(sender);
        var to = "/instmsg/aliases/" + User.NameOf(Next(sender));
        var request = User.Write("NOTIFY", to, from, NotifyHeaders, User.Message(from, "http://im.adatum.com" + to));
        return () => request;
    }

    private static int Next(int sender) => (sender + 1) % Contest.Connections;

    private static async Task<User[]> SignInAsync(ChildServer server, CallbackSink sink, CancellationToken stop)
    {
        var users = Enumerable.Range(0, Contest.Connections).Select(i => new User(i)).ToArray();
        using var connection = await HttpConnection.OpenAsync(server.Port, stop);
        // A path of its own is a queue of its own, as with clients on machines of their own.
        for (var i = 0; i < users.Length; i++) await users[i].SignInAsync(connection, $"http://127.0.0.1:{sink.Port}/{i}", stop);
        return users;
    }
}
