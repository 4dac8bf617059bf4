using System.Globalization;

namespace RvpServer.Cli.Planning;

/// <summary>A <see cref="Sizing"/> as people read it.</summary>
internal static class SizingText
{
    private const double DefaultMaxConnections = 30_000;
    private const double UnitOpenFiles = 65_536;
    private const double DefaultDatabaseConnections = 100;

    /// <summary>How a form is called.</summary>
    public static string NameOf(Form form) => form switch
    {
        Form.Sqlite => "one process with SQLite",
        Form.Postgres => "one process with PostgreSQL",
        Form.Cluster => "a cluster",
        _ => "several home servers, each a cluster",
    };

    /// <summary>All of it, line by line.</summary>
    /// <param name="work">For whom.</param>
    /// <param name="made">What they take.</param>
    /// <param name="reach">Up to how many accounts each form suffices.</param>
    public static IEnumerable<string> LinesOf(Workload work, Sizing made, IReadOnlyDictionary<Form, double> reach) =>
    [
        Invariant($"{work.Accounts:N0} accounts, {work.People:N0} signed in at a time, {work.Polls:N0} of them polling."),
        $"What they take: {Built(made)}.",
        "",
        Row(made.Form == Form.HomeServers ? "each of these home servers" : "", "mean", "peak"),
        Row("requests a second", made.Requests),
        Row("news to contacts a second", made.News),
        Row("busy cores of all processes", made.Cores, "N2"),
        Row("from and to clients, Mbit/s", made.ClientBytes, "N1", 8 / 1e6),
        .. made.Form < Form.Cluster ? [] : new[] { Row("between processes, Mbit/s", made.InnerBytes, "N1", 8 / 1e6) },
        Row("rows written a second", made.Database.Rows),
        .. made.Form == Form.Sqlite ? [] : OfDatabase(made.Database),
        "",
        .. OfMachines(work, made),
        Invariant($"When a process has died: everybody is served again after {made.ServesAgain:N1} s."),
        .. OfSettings(work, made),
        "",
        Invariant($"Bottleneck: {made.Bottleneck.What}, {made.Bottleneck.Taken:P0} taken at peak."),
        $"What then: {made.Bottleneck.Then}.",
        "",
        "With these habits, enough is",
        .. reach.Select(pair => Invariant($"  {NameOf(pair.Key),-40}{UpTo(pair.Value)}")),
        "A standby or a cluster is right at any size where nobody may be without service until a machine is replaced.",
    ];

    private static string Built(Sizing made)
    {
        var cluster = Invariant($"{made.Processes:N0} processes, {made.Shards:N0} shards, one of the processes may be away at peak");
        return made.Form switch
        {
            Form.Cluster => $"a cluster of {cluster}",
            Form.HomeServers => Invariant($"{made.HomeServers:N0} home servers behind routers, each a cluster of {cluster}"),
            _ => NameOf(made.Form),
        };
    }

    private static string[] OfDatabase(DatabaseSizing database) =>
    [
        Row("transactions of PostgreSQL a second", database.Transactions),
        Row("its write-ahead log, MB/s", database.LogBytes, "N1", 1 / 1e6),
    ];

    private static string[] OfMachines(Workload work, Sizing made)
    {
        var disk = Invariant($"{Gigabytes(made.Database.DiskBytes)} of disk");
        var process = Invariant($"Machine of a process: {work.Cores:N0} cores, {Gigabytes(made.MemoryBytes)} of memory");
        return made.Form == Form.Sqlite ? [$"{process}, {disk}."] :
        [
            process + ".",
            Invariant($"Machine of PostgreSQL: {Math.Max(2, Math.Ceiling(made.Database.Cores / Costs.BusyShare)):N0} cores, ")
                + Invariant($"{Gigabytes(made.Database.MemoryBytes)} of memory, {disk}; a synchronous standby of the same size."),
        ];
    }

    // What the defaults do not suffice for.
    private static IEnumerable<string> OfSettings(Workload work, Sizing made)
    {
        // Half as many again for those who come and go.
        var waiting = Math.Ceiling(made.Connections * work.Polled * 1.5);
        if (waiting > DefaultMaxConnections) yield return Invariant($"Set Rvp:Limits:MaxConnections to {waiting:0}.");
        if (made.Connections * 1.5 > UnitOpenFiles) yield return Invariant($"Set LimitNOFILE of the unit to {Math.Ceiling(made.Connections * 1.5):0}.");
        if (made.Form > Form.Postgres && made.Shards != Storage.ShardMap.DefaultCount)
            yield return Invariant($"Set Rvp:Cluster:Shards to {made.Shards:0} before the first start.");
        if (made.Form > Form.Sqlite && made.Database.Connections > DefaultDatabaseConnections)
            yield return Invariant($"Set max_connections of PostgreSQL to {Math.Ceiling(made.Database.Connections * 1.1):0}.");
    }

    private static string UpTo(double accounts) => accounts switch
    {
        0 => "nobody",
        >= PlanCommand.MostAccounts => "ten million accounts, and more",
        _ => Invariant($"up to {Rounded(accounts):N0} accounts"),
    };

    // Two figures: a model is no better.
    private static double Rounded(double number)
    {
        var unit = Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(number)) - 1));
        return Math.Floor(number / unit) * unit;
    }

    /// <summary>Whole gigabytes, as machines are sold.</summary>
    public static string Gigabytes(double bytes) => Invariant($"{Math.Ceiling(bytes / 1e9):N0} GB");

    private static string Row(string name, Load load, string format = "N0", double factor = 1) =>
        Row(name, (load.Mean * factor).ToString(format, CultureInfo.InvariantCulture), (load.Peak * factor).ToString(format, CultureInfo.InvariantCulture));

    private static string Row(string name, string mean, string peak) => $"{name,-36}{mean,14}{peak,14}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
