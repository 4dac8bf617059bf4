using RvpServer.Storage;

namespace RvpServer.Cli.Planning;

/// <summary>How a home server is built, from the simplest.</summary>
internal enum Form
{
    /// <summary>One process with SQLite.</summary>
    Sqlite,

    /// <summary>One process with PostgreSQL.</summary>
    Postgres,

    /// <summary>Several processes with one PostgreSQL.</summary>
    Cluster,

    /// <summary>Several home servers behind a router, each of them a cluster.</summary>
    HomeServers,
}

/// <summary>What limits, how much of it is taken at peak (1: all), and what to do when it is.</summary>
internal sealed record Bottleneck(string What, double Taken, string Then);

/// <summary>The machine of a database and what it does; of each home server.</summary>
internal sealed record DatabaseSizing(
    Load Transactions, Load Rows, Load LogBytes, double Cores, double MemoryBytes, double DiskBytes, double Connections);

/// <summary>What so many people take; everything but the number of home servers is of one of them.</summary>
internal sealed record Sizing
{
    /// <summary>How it is built.</summary>
    public required Form Form { get; init; }

    /// <summary>Home servers.</summary>
    public required double HomeServers { get; init; }

    /// <summary>Processes of each; in a cluster one may be away at peak.</summary>
    public required double Processes { get; init; }

    /// <summary>Into how many parts the nodes are divided (<c>Rvp:Cluster:Shards</c>).</summary>
    public required double Shards { get; init; }

    /// <summary>Memory of the machine of each process.</summary>
    public required double MemoryBytes { get; init; }

    /// <summary>Connections of clients and to callbacks, of each process.</summary>
    public required double Connections { get; init; }

    /// <summary>Requests, a second.</summary>
    public required Load Requests { get; init; }

    /// <summary>News that reach a contact, a second.</summary>
    public required Load News { get; init; }

    /// <summary>Busy cores of all processes.</summary>
    public required Load Cores { get; init; }

    /// <summary>Bytes a second, from and to clients.</summary>
    public required Load ClientBytes { get; init; }

    /// <summary>Bytes a second, between processes.</summary>
    public required Load InnerBytes { get; init; }

    /// <summary>The database; with SQLite what the one process does itself.</summary>
    public required DatabaseSizing Database { get; init; }

    /// <summary>Seconds until everybody is served again after a process was killed.</summary>
    public required double ServesAgain { get; init; }

    /// <summary>What comes to its end first.</summary>
    public required Bottleneck Bottleneck { get; init; }

    // Until all else is known.
    private static readonly Bottleneck Nothing = new("", 0, "");

    /// <summary>The simplest form that bears it.</summary>
    public static Sizing Of(Workload workload)
    {
        foreach (var form in new[] { Form.Sqlite, Form.Postgres, Form.Cluster })
        {
            var one = Of(workload, form, homeServers: 1);
            if (one.Bottleneck.Taken <= 1) return one;
        }
        var homeServers = 2.0;
        var several = Of(workload, Form.HomeServers, homeServers);
        while (several.Bottleneck.Taken > 1 && homeServers < workload.Accounts)
        {
            homeServers = Math.Max(homeServers + 1, Math.Floor(homeServers * several.Bottleneck.Taken));
            several = Of(workload, Form.HomeServers, homeServers);
        }
        return several;
    }

    /// <summary>Up to how many accounts of such people a form suffices; 0: for none.</summary>
    public static double ReachOf(Workload workload, Form form, double most)
    {
        var (enough, tooMany) = (0.0, most + 1);
        while (tooMany - enough > 1)
        {
            var middle = Math.Floor((enough + tooMany) / 2);
            if (Of(workload with { Accounts = middle }).Form <= form) enough = middle;
            else tooMany = middle;
        }
        return enough;
    }

    private static Sizing Of(Workload all, Form form, double homeServers)
    {
        var work = all with { Accounts = all.Accounts / homeServers };
        // Whoever is at another home server is told by a request: it is sent there, and taken here.
        var between = work.NewsASecond * (homeServers - 1) / homeServers;
        var own = (((work.EventsASecond + (2 * between)) * Costs.EventMicros) + (work.NewsASecond * work.Polled * Costs.KeptNewsMicros)) / 1e6;
        var hops = ((work.RequestsASecond * Costs.HopMicros) + (work.NewsASecond * Costs.NewsHopMicros)) / 1e6;
        var processes = form < Form.Cluster ? 1 : ProcessesFor(work, own + hops);
        var elsewhere = (processes - 1) / processes;
        var busy = own + (hops * elsewhere);
        var cores = new Load((Costs.IdleCores * processes) + busy, (Costs.IdleCores * processes) + AtPeak(work, busy));
        var serving = Math.Max(1, processes - 1);
        var database = DatabaseOf(work, processes);
        var servesAgain = form switch
        {
            Form.Sqlite => Costs.RestartSeconds + (work.Rows * Costs.SqliteReadMicros / 1e6) + (database.DiskBytes * Costs.SqliteCheckSecondsOfByte),
            Form.Postgres => Costs.RestartSeconds + (work.Rows * Costs.PostgresReadMicros / 1e6),
            _ => Costs.TakeOverSeconds + (work.Rows / processes / serving * Costs.PostgresReadMicros / 1e6),
        };
        var made = new Sizing
        {
            Form = form,
            HomeServers = homeServers,
            Processes = processes,
            Shards = form == Form.Sqlite ? 1 : work.Accounts > Costs.AccountsOfDefaultShards ? ShardMap.MaxCount : ShardMap.DefaultCount,
            MemoryBytes = MemoryOf(work, serving),
            Connections = Math.Ceiling(work.People / serving),
            Requests = Of(work, work.RequestsASecond),
            News = Of(work, work.NewsASecond),
            Cores = cores,
            ClientBytes = Of(work, (work.RequestsASecond * Costs.RequestBytes) + (work.CalledASecond * Costs.NotificationBytes)),
            InnerBytes = Of(work, elsewhere * ((work.RequestsASecond * Costs.RequestBytes) + (work.NewsASecond * Costs.NewsBytes))),
            Database = database,
            ServesAgain = servesAgain,
            Bottleneck = Nothing,
        };
        return made with { Bottleneck = Limits.Of(work, made).MaxBy(limit => limit.Taken)! };
    }

    // One more than what the peak takes: it may be away.
    private static double ProcessesFor(Workload work, double busyCores) =>
        Math.Max(Costs.FewestProcesses, 1 + Math.Ceiling(AtPeak(work, busyCores) / ((work.Cores * Costs.BusyShare) - Costs.IdleCores)));

    private static double AtPeak(Workload work, double busyCores) =>
        Math.Max(busyCores * work.Peak, work.People * Costs.SignInMicros / 1e6 / Costs.SignInSeconds);

    private static double MemoryOf(Workload work, double serving)
    {
        var people = work.People * (Costs.PersonBytes + (work.Contacts * Costs.ContactBytes));
        var all = people + ((work.Accounts - work.People) * Costs.AbsentBytes) + (work.Polls * Costs.WaitingBytes);
        return Costs.SystemBytes + ((Costs.BaseBytes + (all / serving)) * Costs.MemoryReserve);
    }

    private static DatabaseSizing DatabaseOf(Workload work, double processes)
    {
        var rows = Of(work, work.RowsASecond + work.HistoryRowsASecond);
        var log = Of(work, (work.RowsASecond * Costs.LogBytesOfRow) + (work.HistoryRowsASecond * Costs.LogBytesOfHistory));
        // Each call that writes is a transaction, until calls come so fast that they share one.
        var transactions = new Load(Math.Min(rows.Mean, processes * Costs.MostTransactions), Math.Min(rows.Peak, processes * Costs.MostTransactions));
        var live = (work.Accounts * Costs.AccountBytes) + (work.Rows * Costs.RowBytes);
        var history = work.HistoryRowsASecond * 3600 * Costs.HistoryHours * Costs.HistoryBytes;
        return new DatabaseSizing(
            transactions, rows, log, ((rows.Peak * Costs.RowMicros) + (transactions.Peak * Costs.TransactionMicros)) / 1e6,
            Costs.SystemBytes + (live * Costs.MemoryReserve), live + history, processes * Costs.ConnectionsOfProcess);
    }

    private static Load Of(Workload work, double mean) => new(mean, mean * work.Peak);
}
