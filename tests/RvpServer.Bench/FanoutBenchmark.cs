using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What it costs to tell 200 watchers, each with a callback of its own, of one change, beside a Kestrel that sends the same document to the same callbacks for
/// one request.
/// </summary>
internal static class FanoutBenchmark
{
    /// <summary>All of one account.</summary>
    public const int Watchers = 200;

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        using var sink = new CallbackSink(Watchers, stop);
        await using var bare = await ChildServer.StartAsync(ChildServer.BareRelay, [.. sink.Ports.Select(Table.Text)], stop);
        await using var usual = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(Watchers + 1), "log"], stop);
        var document = sink.NextBodyAsync();
        var changes = await ChangesAsync("the default", usual, sink, stop);
        var request = User.Write("PROPPATCH", BareRelayChild.All, "http://im.adatum.com/", "", await document);
        Contender[] rows = [new("bare Kestrel", bare, _ => () => request), changes];
        await new Contest("notifications", connections: 1, rounds, sink, status: 207, each: Watchers).RunAsync("fanout", rows, stop);
        score.AtMost("presence change, per watcher, to a bare Kestrel's", 1.15, changes.RatioTo(rows[0]), "×");
        score.AtMost("presence change, per watcher, allocated", 5120, changes.Median(each => each.Allocated), "bytes");
    }

    /// <summary>Signs all in and has them told once; then the account changes its state with each request.</summary>
    public static async Task<Contender> ChangesAsync(string name, ChildServer server, CallbackSink sink, CancellationToken stop)
    {
        var owner = new User(Watchers);
        using var connection = await HttpConnection.OpenAsync(server.Port, stop);
        for (var i = 0; i < Watchers; i++)
        {
            var watcher = new User(i);
            await watcher.SignInAsync(connection, "http://127.0.0.1:" + Table.Text(sink.Ports[i]), stop);
            await watcher.WatchAsync(connection, owner.Path, stop);
        }
        var all = sink.Expect(Watchers);
        await owner.ShowAsync(connection, "online", stop);
        await all;
        var turn = 0;
        return new Contender(name, server, _ => () => owner.ShowRequest(turn++ % 2 == 0 ? "busy" : "away"), async stop =>
        {
            using var shortly = await HttpConnection.OpenAsync(server.Port, stop);
            await owner.TakeChallengeAsync(shortly, stop);
        });
    }
}
