namespace RvpServer.Bench;

/// <summary>
/// What it costs a router to put a message through to a home server elsewhere for an outsider, beside YARP forwarding the same bytes to the same
/// home server. That is a stub: it answers 200 at once.
/// </summary>
internal static class ProxyBenchmark
{
    public static async Task RunAsync(int messages, int rounds, CancellationToken stop)
    {
        using var home = new CallbackSink(stop);
        string[] accounts = [Table.Text(Contest.Connections), "router", "home=127.0.0.1:" + Table.Text(home.Port)];
        await using var yarp = await ChildServer.StartAsync(ChildServer.Yarp, [Table.Text(home.Port)], stop);
        await using var quiet = await ChildServer.StartAsync(ChildServer.Rvp, accounts, stop);
        await using var logging = await ChildServer.StartAsync(ChildServer.Rvp, [.. accounts, "log"], stop);
        Contender[] rows =
        [
            new("YARP forwards", yarp, RelayBenchmark.Asserted),
            new("router proxies", quiet, RelayBenchmark.Asserted),
            new("router proxies, W3C log", logging, RelayBenchmark.Asserted),
        ];
        await new Contest("messages", 200, messages, rounds, home).RunAsync("proxy", rows, stop);
    }
}
