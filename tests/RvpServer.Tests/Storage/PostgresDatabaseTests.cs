using Npgsql;
using Rvp.Testing;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Tests.Storage;

public class PostgresDatabaseTests
{
    [Fact]
    public async Task An_empty_database_gets_the_tables_once_however_many_prepare_it()
    {
        var connection = await TestPostgres.CreateEmptyAsync();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await PostgresDatabase.Prepare(connection).DisposeAsync())));

        await using var database = PostgresDatabase.Prepare(connection);
        Assert.Equal(ShardMap.DefaultCount, database.Shards);
        Assert.True(database.IsDurable);
        Assert.Equal(1L, await ReadAsync(connection, "SELECT count(*) FROM id_key"));
    }

    [Fact]
    public async Task A_database_of_another_program_is_left_alone()
    {
        var connection = await TestPostgres.CreateEmptyAsync();
        await ReadAsync(connection, "CREATE TABLE notes (text text)");

        var refusal = Assert.Throws<StoreException>(() => PostgresDatabase.Prepare(connection));

        Assert.Contains("another program", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await ReadAsync(connection, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"));
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        var connection = await TestPostgres.CreateAsync();
        await ReadAsync(connection, "UPDATE schema_version SET rvpserver = rvpserver + 1");

        var refusal = Assert.Throws<StoreException>(() => PostgresDatabase.Prepare(connection));

        Assert.Contains("newer version", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_shards_is_that_of_the_beginning()
    {
        var connection = await TestPostgres.CreateEmptyAsync();
        await PostgresDatabase.Prepare(connection, shards: 16).DisposeAsync();

        await using var again = PostgresDatabase.Prepare(connection, shards: 16);
        var refusal = Assert.Throws<StoreException>(() => PostgresDatabase.Prepare(connection, shards: 32));

        Assert.Equal(16, again.Shards);
        Assert.Contains("set Rvp:Cluster:Shards to 16", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=rvp", "127.0.0.1:1/rvp cannot be opened")]
    [InlineData("Hots=127.0.0.1", "connection string is not understood")]
    [InlineData("no string", "connection string is not understood")]
    public void What_cannot_be_opened_says_so_in_one_line(string connection, string reason)
    {
        var refusal = Assert.Throws<StoreException>(() => PostgresDatabase.Prepare(connection));

        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public async Task A_database_that_is_not_there_says_so()
    {
        var connection = new NpgsqlConnectionStringBuilder(await TestPostgres.CreateAsync()) { Database = "elsewhere" }.ToString();

        var refusal = Assert.Throws<StoreException>(() => PostgresDatabase.Prepare(connection));

        Assert.EndsWith("database \"elsewhere\" does not exist", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_wait_for_the_disk_is_known()
    {
        var connection = await TestPostgres.CreateAsync();
        await ReadAsync(connection, $"ALTER DATABASE {new NpgsqlConnectionStringBuilder(connection).Database} SET synchronous_commit = off");

        await using var database = PostgresDatabase.Prepare(connection);

        Assert.False(database.IsDurable);
    }

    private static async Task<object?> ReadAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
