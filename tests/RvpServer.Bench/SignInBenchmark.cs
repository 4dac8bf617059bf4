namespace RvpServer.Bench;

/// <summary>What it costs a home server when people sign in and out over and over: see <see cref="Crowd"/>.</summary>
internal static class SignInBenchmark
{
    private const int People = 64;
    private const int Watchers = 64;
    private const int WavesOfRound = 4;
    private const int WarmUps = 2;

    public static async Task RunAsync(int rounds, Scorecard score, CancellationToken stop)
    {
        using var sink = new CallbackSink(Watchers, stop);
        var crowd = new Crowd(People, sink);
        var others = new Crowd(People, sink);
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(crowd.Accounts), "log"], stop);
        await using var elsewhere = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(crowd.Accounts), "log", "postgres"], stop);
        await crowd.PrepareAsync(server.Port, stop);
        await others.PrepareAsync(elsewhere.Port, stop);
        List<Usage> signIns = [], signOuts = [], signInsElsewhere = [], signOutsElsewhere = [];
        for (var round = 0; round < WarmUps + rounds; round++)
        {
            var (coming, going) = await RoundAsync(server, crowd, stop);
            var (comingElsewhere, goingElsewhere) = await RoundAsync(elsewhere, others, stop);
            if (round < WarmUps) continue;
            signIns.Add(coming);
            signOuts.Add(going);
            signInsElsewhere.Add(comingElsewhere);
            signOutsElsewhere.Add(goingElsewhere);
        }
        var syncs = await SyncsAsync(stop);

        Console.WriteLine($"signin: {rounds} rounds of {People * WavesOfRound} sign-ins and sign-outs, {Crowd.Contacts} contacts told each time, "
            + $"{Crowd.Requests} and 1 requests; the server process for each");
        Console.WriteLine($"{"",-26}{"median µs",10}{"lowest",8}{"highest",8}{"bytes",9}{"pause µs",9}{"pool items",11}{"file writes",12}{"KB written",11}");
        Line("sign-in", signIns);
        Line("sign-out", signOuts);
        Line("sign-in, PostgreSQL", signInsElsewhere);
        Line("sign-out, PostgreSQL", signOutsElsewhere);
        Console.WriteLine(syncs is { } each ? $"syncs for one sign-in, counted by strace: {each:F2}" : "syncs were not counted: strace is missing");
        score.AtMost("sign-in, 20 contacts, warm", 1500, Table.Median(signIns.Select(each => each.Micros)), "µs");
        score.AtMost("sign-in with nodes in PostgreSQL, to SQLite", 1.5,
            Table.Median(signInsElsewhere.Zip(signIns, (one, other) => one.Micros / other.Micros)), "×");
        if (syncs is { } counted) score.AtMost("sign-in, syncs", 3, counted, "");
    }

    private static async Task<(Usage Coming, Usage Going)> RoundAsync(ChildServer server, Crowd crowd, CancellationToken stop)
    {
        Usage coming = default, going = default;
        for (var wave = 0; wave < WavesOfRound; wave++)
        {
            coming += await server.MeasureAsync(() => crowd.SignInAsync(server.Port, stop), stop);
            going += await server.MeasureAsync(() => crowd.SignOutAsync(server.Port, stop), stop);
        }
        return (coming / (People * WavesOfRound), going / (People * WavesOfRound));
    }

    // In a process of its own, since tracing costs.
    private static async Task<double?> SyncsAsync(CancellationToken stop)
    {
        if (!SyncCount.IsPossible) return null;
        using var sink = new CallbackSink(Watchers, stop);
        using var count = new SyncCount();
        var crowd = new Crowd(People, sink);
        await using var server = await ChildServer.StartAsync(ChildServer.Rvp, [Table.Text(crowd.Accounts), "log"], stop, count);
        await crowd.PrepareAsync(server.Port, stop);
        await crowd.SignInAsync(server.Port, stop);
        await crowd.SignOutAsync(server.Port, stop);
        var before = count.Now();
        await crowd.SignInAsync(server.Port, stop);
        return (count.Now() - before) / (double)People;
    }

    private static void Line(string name, List<Usage> rounds)
    {
        var micros = rounds.Select(each => each.Micros).ToList();
        Console.WriteLine($"{name,-26}{Table.Median(micros),10:F0}{micros.Min(),8:F0}{micros.Max(),8:F0}{Median(each => each.Allocated),9:F0}"
            + $"{Median(each => each.PauseMicros),9:F1}{Median(each => each.PoolItems),11:F1}{Median(each => each.FileWrites),12:F1}"
            + $"{Median(each => each.FileBytes) / 1024,11:F1}");

        double Median(Func<Usage, double> of) => Table.Median(rounds.Select(of));
    }
}
