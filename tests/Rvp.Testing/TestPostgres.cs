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
    private const string Template = "rvp_template";

    private static readonly Lazy<Task<PostgresServer>> Server = new(StartAsync);
    private static int count;

    /// <summary>A database of one's own that has the tables and nothing in them; gives its connection string.</summary>
    public static Task<string> CreateAsync() => CreateAsync(Template);

    /// <summary>A database in which there is nothing.</summary>
    public static Task<string> CreateEmptyAsync() => CreateAsync("template1");

    /// <summary>The same for what cannot wait, such as a constructor.</summary>
    public static string Create() => Task.Run(CreateAsync).GetAwaiter().GetResult();

    private static async Task<string> CreateAsync(string template)
    {
        var server = await Server.Value;
        var name = string.Create(CultureInfo.InvariantCulture, $"rvp_{Interlocked.Increment(ref count)}");
        await ExecuteAsync(server, $"CREATE DATABASE {name} TEMPLATE {template}");
        return server.ConnectionTo(name);
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var server = await PostgresServer.StartAsync();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait();
        await ExecuteAsync(server, $"CREATE DATABASE {Template}");
        // Nobody may be connected to what others are copied from.
        await PostgresDatabase.Prepare(server.ConnectionTo(Template)).DisposeAsync();
        return server;
    }

    private static async Task ExecuteAsync(PostgresServer server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionTo("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
