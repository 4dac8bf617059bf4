namespace RvpServer.Bench;

/// <summary>
/// What it costs a router to put a message through to a home server elsewhere for an outsider, beside YARP forwarding the same bytes to the same
/// home server. That is a stub: it answers 200 at once.
/// </summary>
internal static class ProxyBenchmark
{
    private const int Connections = 16;

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        using var home = new CallbackSink(1, stop);
        string[] accounts = [Table.Text(Connections), "router", "home=127.0.0.1:" + Table.Text(home.Ports[0])];
        await using var yarp = await ChildServer.StartAsync(ChildServer.Yarp, [Table.Text(home.Ports[0])], stop);
        await using var quiet = await ChildServer.StartAsync(ChildServer.Rvp, accounts, stop);
        await using var logging = await ChildServer.StartAsync(ChildServer.Rvp, [.. accounts, "log"], stop);
        Contender[] rows =
        [
            new("YARP forwards", yarp, i => RelayBenchmark.Asserted(i, Connections)),
            new("router, log (the default)", logging, i => RelayBenchmark.Asserted(i, Connections)),
            new("router, no log", quiet, i => RelayBenchmark.Asserted(i, Connections)),
        ];
        await new Contest("messages", Connections, rounds, home).RunAsync("proxy", rows, stop);
        score.AtMost("message through a router, to YARP's", 1.3, rows[1].RatioTo(rows[0]), "×");
    }
}
