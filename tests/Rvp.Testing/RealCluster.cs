using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Rvp.Testing;

/// <summary>Several processes of the real program that are one home server, with a PostgreSQL of their own.</summary>
internal sealed class RealCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TempFolder folder = new();
    private readonly List<RealServer> servers = [];
    private readonly HashSet<RealServer> left = [];
    private readonly Dictionary<RealServer, string> addresses = [];

    private readonly Dictionary<string, string> settings;

    private RealCluster(PostgresServer postgres, Dictionary<string, string> settings) => (Postgres, this.settings) = (postgres, settings);

    public PostgresServer Postgres { get; }

    /// <summary>The processes, dead ones too.</summary>
    public IReadOnlyList<RealServer> Servers => servers;

    /// <summary>Those that run.</summary>
    public IReadOnlyList<RealServer> Running => [.. servers.Where(server => server.Runs && !left.Contains(server))];

    public string LogText => string.Join('\n', servers.Select((server, i) => $"-- {i}\n{server.LogText}"));

    /// <summary>Starts one, and waits until every shard is somewhere.</summary>
    /// <param name="processes">How many.</param>
    /// <param name="people">How many accounts.</param>
    /// <param name="shards">How many shards.</param>
    /// <param name="settings">Further variables of each process.</param>
    public static async Task<RealCluster> StartAsync(int processes, int people, int shards = 64, Dictionary<string, string>? settings = null)
    {
        var cluster = new RealCluster(await PostgresServer.StartAsync(), settings ?? []);
        try
        {
            for (var i = 0; i < processes; i++) await cluster.AddAsync(i == 0 ? people : 0, shards);
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
    public string AddressOf(RealServer server) => addresses[server];

    /// <summary>Nobody asks this one any more.</summary>
    public void Leave(RealServer server) => left.Add(server);

    /// <summary>Starts one process more.</summary>
    public async Task<RealServer> AddAsync(int people, int shards = 64)
    {
        var secret = folder.Write("postgres.secret", Postgres.ConnectionTo(PostgresServer.User));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{FreePort.Take()}");
        var server = await RealServer.MakeAsync(people, new(settings)
        {
            ["Rvp__Storage__Provider"] = "Postgres",
            ["Rvp__Storage__ConnectionStringFile"] = secret,
            ["Rvp__Cluster__Enabled"] = "true",
            ["Rvp__Cluster__Shards"] = shards.ToString(CultureInfo.InvariantCulture),
            ["Rvp__Cluster__Listen"] = address,
            ["Rvp__Messages__Offline"] = "true",
        });
        servers.Add(server);
        addresses[server] = address;
        await server.StartAsync();
        return server;
    }

    /// <summary>Waits until every shard is with a process that runs, and each of these has some.</summary>
    public Task SettlesAsync() => Deadline.Until(
        async () => await ReadAsync("SELECT count(DISTINCT owner) FROM shards JOIN processes ON processes.id = owner") == Running.Count
            && await ReadAsync("SELECT count(*) FROM shards WHERE owner IS NULL OR owner NOT IN (SELECT id FROM processes)") == 0,
        "every shard with a process", () => LogText, Patience);

    /// <summary>How long it takes until so many processes are known to be dead.</summary>
    public async Task<TimeSpan> NoticesAsync(int dead)
    {
        var began = Stopwatch.GetTimestamp();
        await Deadline.Until(async () => await ReadAsync("SELECT count(*) FROM members WHERE status = 6") >= dead, "it is dead", () => LogText, Patience);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>A number of the database.</summary>
    public async Task<long> ReadAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Postgres.ConnectionTo(PostgresServer.User) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers) await server.DisposeAsync();
        await Postgres.DisposeAsync();
        folder.Dispose();
    }
}
