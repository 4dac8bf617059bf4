using System.Globalization;
using Npgsql;
using RvpServer.Storage.Postgres;

namespace Rvp.Testing;

/// <summary>
/// Databases for tests, on one PostgreSQL server that is started for all tests of this process by the first that asks. If it cannot be started every one of
/// them fails, and says why.
/// </summary>
internal static class TestPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(StartAsync);
    private static readonly Lazy<Task<string>> Template = new(() => MakeTemplateAsync("rvp_template", null));
    private static readonly Lazy<Task<string>> ClusterTemplate = new(() => MakeTemplateAsync("rvp_cluster_template", TestCluster.Shards));
    private static int count;

    /// <summary>A database of one's own that has the tables and nothing in them; gives its connection string.</summary>
    public static async Task<string> CreateAsync() => await CreateAsync(await Template.Value);

    /// <summary>The same with as many shards as <see cref="TestCluster"/> has.</summary>
    public static async Task<string> CreateForClusterAsync() => await CreateAsync(await ClusterTemplate.Value);

    /// <summary>A database in which there is nothing.</summary>
    public static Task<string> CreateEmptyAsync() => CreateAsync("template1");

    /// <summary>The same for what cannot wait, such as a constructor.</summary>
    public static string Create() => Task.Run(CreateAsync).GetAwaiter().GetResult();

    /// <summary>A copy of a database as it is at this moment, which whoever uses that one loses for this moment; gives its connection string.</summary>
    public static async Task<string> CopyAsync(string connection)
    {
        var server = await Server.Value;
        var original = new NpgsqlConnectionStringBuilder(connection).Database!;
        await ExecuteAsync(server, $"ALTER DATABASE {original} ALLOW_CONNECTIONS FALSE");
        await ExecuteAsync(server, $"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{original}'");
        var copy = await CreateAsync(original);
        await ExecuteAsync(server, $"ALTER DATABASE {original} ALLOW_CONNECTIONS TRUE");
        return copy;
    }

    /// <summary>Removes a database and ends its connections, which pools of others keep for minutes.</summary>
    public static async Task DropAsync(string connection) =>
        await ExecuteAsync(await Server.Value, $"DROP DATABASE {new NpgsqlConnectionStringBuilder(connection).Database} WITH (FORCE)");

    private static string NextName() => string.Create(CultureInfo.InvariantCulture, $"rvp_{Interlocked.Increment(ref count)}");

    private static async Task<string> CreateAsync(string template)
    {
        var server = await Server.Value;
        var name = NextName();
        await ExecuteAsync(server, $"CREATE DATABASE {name} TEMPLATE {template}");
        return server.ConnectionTo(name);
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        return server;
    }

    private static async Task<string> MakeTemplateAsync(string name, int? shards)
    {
        var server = await Server.Value;
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        // Nobody may be connected to what others are copied from.
        await PostgresDatabase.Prepare(server.ConnectionTo(name), shards).DisposeAsync();
        return name;
    }

    private static async Task ExecuteAsync(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionTo("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
