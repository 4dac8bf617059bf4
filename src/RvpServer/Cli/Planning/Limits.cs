using RvpServer.Storage;

namespace RvpServer.Cli.Planning;

/// <summary>What comes to an end first, by the form: of a cluster only what no process more would help against.</summary>
internal static class Limits
{
    private const string NotMeasured = "PostgreSQL (Rvp:Storage:Provider), or a measurement of one's own: it may bear more";
    private const string OrMore = ", or several home servers";

    /// <summary>All that limits a form.</summary>
    public static IEnumerable<Bottleneck> Of(Workload work, Sizing made) => made.Form switch
    {
        Form.Sqlite => [.. OfOne(work, made), .. OfSqlite(work)],
        Form.Postgres => [.. OfOne(work, made), .. OfDatabase(work, made.Database)],
        _ => [OfShards(made), .. OfDatabase(work, made.Database)],
    };

    private static Bottleneck[] OfOne(Workload work, Sizing made) =>
    [
        new("processor of the one process", made.Cores.Peak / (work.Cores * Costs.BusyShare), "a machine with more cores (--cores), or several processes"),
        new("time for which everybody is away when the one process has died", made.ServesAgain / Costs.LongestAbsence,
            "several processes: what one had is served by the others within seconds"),
    ];

    private static Bottleneck[] OfSqlite(Workload work) =>
    [
        new("requests and notifications with which SQLite was measured", work.EventsASecond * work.Peak / Costs.SqliteEvents, NotMeasured),
        new("people signed in with whom SQLite was measured", work.People / Costs.SqlitePeople, NotMeasured),
    ];

    private static Bottleneck OfShards(Sizing made) => new("shards, of which each process should have several",
        made.Processes * Costs.ShardsOfProcess / ShardMap.MaxCount, "machines with more cores (--cores)" + OrMore);

    private static Bottleneck[] OfDatabase(Workload work, DatabaseSizing database) =>
    [
        new("write-ahead log of the database", database.LogBytes.Peak / Costs.LogBytesASecond, "faster disks of it and of its standby" + OrMore),
        new("processor of the database", database.Cores / (Costs.DatabaseCores * Costs.BusyShare), "a larger machine for it" + OrMore),
        new("size of the database", database.DiskBytes / Costs.DatabaseBytes,
            (work.HasHistory ? "a shorter Rvp:Messages:ArchiveLifetime" : "a trial of backup and restore") + OrMore),
    ];
}
