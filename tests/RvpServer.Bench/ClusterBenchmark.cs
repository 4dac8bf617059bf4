using System.Diagnostics;
using Rvp.Testing;
using RvpServer.Cli.Planning;

namespace RvpServer.Bench;

/// <summary>
/// What requests take of one, two and three processes with one PostgreSQL, all on this machine, beside what the planner's model says: processor time of all
/// processes and of PostgreSQL, what is written, and the memory of people who are signed in.
/// </summary>
internal static class ClusterBenchmark
{
    private const int Connections = 96;
    private const int Watchers = 10;
    private const int Contacts = 20;
    private const int MostProcesses = 3;

    // For each process: until what is compiled is what will be. Three of them on two cores take more than a minute for what one does in ten seconds.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(25);

    // PostgreSQL's processes tell their counts a second after they have come to rest.
    private static readonly TimeSpan Counts = TimeSpan.FromSeconds(1.5);

    public static async Task RunAsync(int seconds, int people, CancellationToken stop)
    {
        Console.WriteLine($"cluster: {Connections} connections, {seconds} s for each row; the model's figures in brackets");
        Console.WriteLine($"{"",-32}{"processes",10}{"per second",11}{"server µs",18}{"PostgreSQL µs",18}{"rows",12}{"commits",9}{"log bytes",16}");
        for (var processes = 1; processes <= MostProcesses; processes++)
        {
            await using var cluster = await RealCluster.StartAsync(processes, (2 * Connections) + people);
            using var sink = new CallbackSink(Connections, stop);
            var crowd = new ClusterCrowd(cluster, Connections, stop);
            await crowd.SignInAsync(sink, Watchers);
            await MemoryAsync(cluster, crowd, people);
            foreach (var work in Works) await MeasureAsync(cluster, crowd, work, TimeSpan.FromSeconds(seconds), stop);
        }
    }

    // What the model says of each: requests and notifications, news to watchers, rows.
    private static IEnumerable<Work> Works =>
    [
        new("PROPFIND", 207, crowd => crowd.LooksUp, Events: 1, News: 0, Rows: 0),
        new("state, nobody watches", 207, crowd => crowd.SetsOwnState, Events: 1, News: 0, Rows: Costs.RowsOfChange),
        new($"state, {Watchers} watchers that poll", 207, crowd => crowd.SetsWatchedState, Events: 1, News: Watchers, Rows: Costs.RowsOfChange),
        new("message to a callback", 200, crowd => crowd.Writes, Events: 2, News: 0, Rows: 0),
    ];

    private static async Task MeasureAsync(RealCluster cluster, ClusterCrowd crowd, Work work, TimeSpan time, CancellationToken stop)
    {
        await crowd.RunAsync(work.Of(crowd), work.Status, WarmUp * cluster.Servers.Count);
        await Task.Delay(Counts, stop);
        var before = await Taken.OfAsync(cluster);
        var began = Stopwatch.GetTimestamp();
        var requests = await crowd.RunAsync(work.Of(crowd), work.Status, time);
        var took = Stopwatch.GetElapsedTime(began);
        var (servers, database) = (Servers(cluster) - before.Servers, cluster.Postgres.ProcessorTime - before.Database);
        await Task.Delay(Counts, stop);
        var after = await Taken.OfAsync(cluster);
        var processes = cluster.Servers.Count;
        var elsewhere = (processes - 1.0) / processes;
        var (commits, rows) = (Each(after.Commits - before.Commits), Each(after.Rows - before.Rows));
        var hops = elsewhere * (Costs.HopMicros + (work.News * Costs.NewsHopMicros));
        Console.WriteLine($"{work.Name,-32}{processes,10}{requests / took.TotalSeconds,11:F0}"
            + $"{Beside(Each(servers.TotalMicroseconds), (work.Events * Costs.EventMicros) + (work.News * Costs.KeptNewsMicros) + hops),18}"
            + $"{Beside(Each(database.TotalMicroseconds), (work.Rows * Costs.RowMicros) + (commits * Costs.TransactionMicros)),18}"
            + $"{$"{rows:F1} ({work.Rows})",12}{commits,9:F2}{Beside(Each(after.LogBytes - before.LogBytes), work.Rows * Costs.LogBytesOfRow),16}");

        double Each(double all) => all / requests;
    }

    private static async Task MemoryAsync(RealCluster cluster, ClusterCrowd crowd, int people)
    {
        // The first bring what a process has once.
        var first = people / 4;
        await crowd.SignInManyAsync(0, first, Contacts);
        var before = cluster.Servers.Sum(server => server.WorkingSet);
        await crowd.SignInManyAsync(first, people - first, Contacts);
        var each = (cluster.Servers.Sum(server => server.WorkingSet) - before) / (double)(people - first);
        var count = cluster.Servers.Count;
        Console.WriteLine($"{$"one of {people} people, {Contacts} contacts",-32}{count,10}   working set "
            + $"{Beside(each, Costs.PersonBytes + (Contacts * Costs.ContactBytes))} bytes, {before / 1e6 / count:F0} MB before for each process");
    }

    private static string Beside(double measured, double model) => $"{measured:F0} ({model:F0})";

    private static TimeSpan Servers(RealCluster cluster) =>
        cluster.Servers.Aggregate(TimeSpan.Zero, (all, server) => all + server.ProcessorTime);

    /// <summary>One kind of request.</summary>
    private sealed record Work(string Name, int Status, Func<ClusterCrowd, Func<int, byte[]>> Of, int Events, int News, double Rows);

    /// <summary>What all processes and PostgreSQL have taken so far.</summary>
    private sealed record Taken(TimeSpan Servers, TimeSpan Database, long Rows, long Commits, long LogBytes)
    {
        public static async Task<Taken> OfAsync(RealCluster cluster)
        {
            var rows = await cluster.ReadAsync($"SELECT tup_inserted + tup_updated + tup_deleted {Statistics}");
            var commits = await cluster.ReadAsync($"SELECT xact_commit {Statistics}");
            var log = await cluster.ReadAsync("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint");
            return new Taken(ClusterBenchmark.Servers(cluster), cluster.Postgres.ProcessorTime, rows, commits, log);
        }

        private const string Statistics = "FROM pg_stat_database WHERE datname = current_database()";
    }
}
