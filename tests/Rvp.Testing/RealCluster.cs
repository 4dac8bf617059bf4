using System.Diagnostics;
using System.Globalization;

namespace Rvp.Testing;

/// <summary>From what a process is cut off.</summary>
internal enum CutFrom
{
    /// <summary>From the other processes: it goes on reaching the database, and clients reach it.</summary>
    Others,

    /// <summary>From the database alone.</summary>
    Database,

    /// <summary>From everything, clients too.</summary>
    Everything,
}

/// <summary>Several processes of the real program that are one home server, with a PostgreSQL of their own.</summary>
internal sealed class RealCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempFolder folder = new();
    private readonly List<RealServer> servers = [];
    private readonly Dictionary<RealServer, int> listens = [];
    private readonly HashSet<RealServer> left = [];
    private readonly Cuts? cuts;
    private PostgresServer? dead;

    private RealCluster(PostgresServer postgres, Cuts? cuts)
    {
        Postgres = postgres;
        this.cuts = cuts;
    }

    /// <summary>The database, or its primary.</summary>
    public PostgresServer Postgres { get; private set; }

    /// <summary>The database's standby, where there is one and it has not taken the primary's place yet.</summary>
    public PostgresServer? Standby { get; private set; }

    /// <summary>The processes, dead ones too.</summary>
    public IReadOnlyList<RealServer> Servers => servers;

    /// <summary>Those that run.</summary>
    public IReadOnlyList<RealServer> Running => [.. servers.Where(server => server.Runs && !left.Contains(server))];

    public string LogText => string.Join('\n', servers.Select((server, i) => $"-- {i}\n{server.LogText}"));

    /// <summary>The number of shards.</summary>
    public int Shards { get; private init; }

    /// <summary>Starts one, and waits until every shard is somewhere.</summary>
    /// <param name="processes">How many processes.</param>
    /// <param name="people">How many accounts.</param>
    /// <param name="shards">The number of shards.</param>
    /// <param name="canBeCut">Whether its processes may be cut off, which takes root.</param>
    /// <param name="program">The build that they are started from; null: this one.</param>
    /// <param name="environment">Variables of each process, such as settings.</param>
    /// <param name="hasStandby">Whether the database has a synchronous standby.</param>
    public static async Task<RealCluster> StartAsync(int processes, int people, int shards = 64, bool canBeCut = false, string? program = null,
        IReadOnlyDictionary<string, string>? environment = null, bool hasStandby = false)
    {
        var postgres = await PostgresServer.StartAsync();
        var cluster = new RealCluster(postgres, canBeCut ? await Cuts.MakeAsync(postgres.Port) : null) { Shards = shards };
        if (hasStandby) cluster.Standby = await postgres.StartStandbyAsync();
        try
        {
            for (var i = 0; i < processes; i++) await cluster.AddAsync(i == 0 ? people : 0, program, environment);
            await cluster.SettlesAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the others reach one, which is how commands name it.</summary>
    public string AddressOf(RealServer server) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{listens[server]}");

    /// <summary>Nobody asks this one any more.</summary>
    public void Leave(RealServer server) => left.Add(server);

    /// <summary>Starts one again that has ended, and waits until it has its share.</summary>
    public async Task StartAgainAsync(RealServer server)
    {
        await server.StartAsync();
        left.Remove(server);
        await SettlesAsync();
    }

    /// <summary>Cuts one off, until all is mended.</summary>
    public async Task CutOffAsync(RealServer server, CutFrom from)
    {
        var (group, listen) = (server.Group!.Value, listens[server]);
        switch (from)
        {
            case CutFrom.Others:
                await cuts!.CutFromAsync(group, listens.Values);
                await cuts.CutToAsync(listen);
                break;
            case CutFrom.Database:
                await cuts!.CutFromAsync(group, Postgres.Port);
                break;
            case CutFrom.Everything:
                await cuts!.CutFromAllAsync(group);
                await cuts.CutToAsync(listen, server.Port);
                break;
        }
    }

    /// <summary>The database's primary dies, and after a while its standby takes its place.</summary>
    public async Task FailOverAsync(TimeSpan away)
    {
        dead = Postgres;
        await dead.KillAsync();
        await Task.Delay(away);
        await Standby!.PromoteAsync();
        (Postgres, Standby) = (Standby, null);
    }

    /// <summary>Mends whatever is cut.</summary>
    public Task MendAsync() => cuts!.MendAsync();

    /// <summary>Waits until every shard is with a process that runs, and each of these has some.</summary>
    public Task SettlesAsync() => Deadline.Until(
        async () => await ReadAsync("SELECT count(DISTINCT owner) FROM shards JOIN processes ON processes.id = owner") == Running.Count
            && await ReadAsync("SELECT count(*) FROM shards WHERE owner IS NULL OR owner NOT IN (SELECT id FROM processes)") == 0,
        "every shard with a process", () => LogText, Patience);

    /// <summary>How many processes are known to be dead.</summary>
    public async Task<int> CountDeadAsync() => (int)await ReadAsync("SELECT count(*) FROM members WHERE status = 6");

    /// <summary>How long it takes until so many processes are known to be dead.</summary>
    public async Task<TimeSpan> NoticesAsync(int dead)
    {
        var began = Stopwatch.GetTimestamp();
        await Deadline.Until(async () => await CountDeadAsync() >= dead, "it is dead", () => LogText, Patience);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>A number of the database.</summary>
    public Task<long> ReadAsync(string sql) => Postgres.ReadAsync(sql);

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers) await server.DisposeAsync();
        await Postgres.DisposeAsync();
        if (Standby is not null) await Standby.DisposeAsync();
        if (dead is not null) await dead.DisposeAsync();
        if (cuts is not null) await cuts.DisposeAsync();
        folder.Dispose();
    }

    private async Task AddAsync(int people, string? program, IReadOnlyDictionary<string, string>? more)
    {
        var listen = FreePort.Take();
        var environment = new Dictionary<string, string>(more ?? new Dictionary<string, string>())
        {
            ["Rvp__Storage__Provider"] = "Postgres",
            ["Rvp__Storage__ConnectionStringFile"] = folder.WriteSecret("postgres.secret",
                Standby is null ? Postgres.ConnectionTo(PostgresServer.User) : PostgresServer.ConnectionToAny(Postgres, Standby)),
            ["Rvp__Cluster__Enabled"] = "true",
            ["Rvp__Cluster__Shards"] = Shards.ToString(CultureInfo.InvariantCulture),
            ["Rvp__Cluster__Listen"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{listen}"),
            ["Rvp__Messages__Offline"] = "true",
        };
        // Any number will do that no other process has.
        var server = await RealServer.MakeAsync(people, environment, cuts is null ? null : listen, program);
        servers.Add(server);
        listens[server] = listen;
        if (cuts is not null) await cuts.AddAsync(listen);
        await server.StartAsync();
    }
}
