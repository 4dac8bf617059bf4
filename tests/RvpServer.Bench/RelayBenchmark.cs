using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What it costs a home server to pass one message on, from the sender's request to both answers, beside a Kestrel that does nothing but pass the same
/// bytes to the same callbacks.
/// </summary>
internal static class RelayBenchmark
{
    /// <summary>Senders and receivers, each sender on a connection of its own.</summary>
    public const int Pairs = 100;

    private const string NotifyHeaders = "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n";

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        using var sink = new CallbackSink(Pairs, stop);
        await using var bare = await ChildServer.StartAsync(ChildServer.BareRelay, [.. sink.Ports.Select(Table.Text)], stop);
        await using var usual = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Pairs), "log"], stop);
        await using var quiet = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Pairs)], stop);
        await using var kept = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Pairs), "log", "history"], stop);
        await using var elsewhere = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Pairs), "log", "postgres"], stop);
        Contender[] rows =
        [
            new("bare Kestrel", bare, i => Asserted(i, Pairs)),
            await ProvenAsync("Digest, log (the default)", usual, sink, stop),
            await ProvenAsync("Digest, no log", quiet, sink, stop),
            new("assertion, no log", quiet, i => Asserted(i, Pairs)),
            await ProvenAsync("Digest, log, history", kept, sink, stop),
            await ProvenAsync("Digest, log, PostgreSQL", elsewhere, sink, stop),
        ];
        await new Contest("messages", Pairs, rounds, sink).RunAsync("relay", rows, stop);
        score.AtMost("relay of a message, to a bare Kestrel's", 1.4, rows[1].RatioTo(rows[0]), "×");
        score.AtMost("relay of a message that is kept as history, to one that is not", 1.15, rows[4].RatioTo(rows[1]), "×");
        score.AtMost("relay of a message with nodes in PostgreSQL, to SQLite", 1.05, rows[5].RatioTo(rows[1]), "×");
        score.AtLeast("relay of a message", 30_000, rows[1].PerSecond, "per second");
        score.AtMost("relay of a message, allocated", 16_384, rows[1].Median(each => each.Allocated), "bytes");
    }

    /// <summary>A message from somebody elsewhere, the same each time, to the next of so many.</summary>
    public static Func<byte[]> Asserted(int sender, int count)
    {
        var from = "http://im.contoso.com/instmsg/aliases/Sender" + Table.Text(sender);
        var to = "/instmsg/aliases/" + User.NameOf((sender + 1) % count);
        var request = User.Write("NOTIFY", to, from, NotifyHeaders, User.Message(from, "http://im.adatum.com" + to));
        return () => request;
    }

    /// <summary>
    /// Accounts that are signed in, each with a callback of its own, and write to the next; every request with a proof of its own for one nonce.
    /// </summary>
    public static async Task<Contender> ProvenAsync(string name, ChildServer server, CallbackSink sink, CancellationToken stop)
    {
        var users = Enumerable.Range(0, Pairs).Select(i => new User(i)).ToArray();
        using var connection = await HttpConnection.OpenAsync(server.Port, stop);
        for (var i = 0; i < users.Length; i++) await users[i].SignInAsync(connection, "http://127.0.0.1:" + Table.Text(sink.Ports[i]), stop);
        return new Contender(name, server, RequestsOf, ChallengeAsync);

        Func<byte[]> RequestsOf(int i)
        {
            var (from, to) = (users[i], users[(i + 1) % Pairs]);
            var message = User.Message(from.Url, to.Url);
            return () => from.Request("NOTIFY", to.Path, NotifyHeaders, message);
        }

        // A nonce serves for five minutes, which several rounds may take.
        async Task ChallengeAsync(CancellationToken stop)
        {
            using var connection = await HttpConnection.OpenAsync(server.Port, stop);
            foreach (var user in users) await user.TakeChallengeAsync(connection, stop);
        }
    }
}
