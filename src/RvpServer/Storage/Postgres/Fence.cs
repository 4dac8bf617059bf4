using Npgsql;
using NpgsqlTypes;

namespace RvpServer.Storage.Postgres;

/// <summary>
/// Which process may write. Each transaction of a process begins by counting up in the process's row, which locks it, and then looks whether its shards are
/// still its own. Who takes a shard locks that row first, so it waits for the transaction under way, and every later one of the former owner fails.
/// </summary>
internal static class Fence
{
    // One process takes at a time.
    private const long TakeLock = 0x52565054;

    private const string CountSql = """
        WITH me AS (UPDATE processes SET written = $2 WHERE id = $1 AND written = $2 - 1 RETURNING id) SELECT 1 / count(*) FROM me
        """;

    // In a statement of its own: after the row above is locked it sees what a taker has left.
    private const string ShardsSql = """
        SELECT 1 / CASE WHEN EXISTS (SELECT FROM shards WHERE id = ANY ($2) AND owner IS DISTINCT FROM $1) THEN 0 ELSE 1 END
        """;

    /// <summary>
    /// Begins a transaction: divides by zero, which undoes all of it, if a shard is not this process's any more, or if the transaction with this number has
    /// happened already.
    /// </summary>
    public static void Begin(NpgsqlBatch batch, Guid process, long number, IReadOnlyCollection<short> shards)
    {
        Batches.Add(batch, CountSql, (process, NpgsqlDbType.Uuid), (number, NpgsqlDbType.Bigint));
        Batches.Add(batch, ShardsSql, (process, NpgsqlDbType.Uuid), (shards.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint));
    }

    /// <summary>How many transactions of a process have happened; null: it may not write any more.</summary>
    public static async Task<long?> FindWrittenAsync(NpgsqlConnection connection, Guid process, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand("SELECT written FROM processes WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = process });
        return (long?)await command.ExecuteScalarAsync(stop);
    }

    /// <summary>
    /// Takes all shards for a process. The former owner's transaction under way is waited for; if it does not come to its end, because its process or its
    /// network has stopped in the middle, its connections are ended. Gives the number of these; null: none had to be.
    /// </summary>
    public static int? Take(PostgresDatabase database, string name, DateTimeOffset now)
    {
        using var connection = database.Source.OpenConnection();
        try
        {
            Take(connection, database.Process, name, now, "1s");
            return null;
        }
        catch (PostgresException held) when (held.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            var ended = EndOthers(connection);
            Take(connection, database.Process, name, now, "10s");
            return ended;
        }
    }

    /// <summary>Gives up what a process has, at its end.</summary>
    public static async Task LeaveAsync(NpgsqlConnection connection, Guid process)
    {
        await using var batch = new NpgsqlBatch(connection);
        Batches.Add(batch, "UPDATE shards SET owner = NULL WHERE owner = $1", (process, NpgsqlDbType.Uuid));
        Batches.Add(batch, "DELETE FROM processes WHERE id = $1", (process, NpgsqlDbType.Uuid));
        await batch.ExecuteNonQueryAsync();
    }

    private static void Take(NpgsqlConnection connection, Guid process, string name, DateTimeOffset now, string patience)
    {
        using var transaction = connection.BeginTransaction();
        using var batch = new NpgsqlBatch(connection, transaction);
        Batches.Add(batch, $"SET LOCAL lock_timeout = '{patience}'");
        Batches.Add(batch, "SELECT pg_advisory_xact_lock($1)", (TakeLock, NpgsqlDbType.Bigint));
        // Whoever else is there has nothing any more.
        Batches.Add(batch, "DELETE FROM processes");
        Batches.Add(batch, "INSERT INTO processes (id, name, started_at) VALUES ($1, $2, $3)", (process, NpgsqlDbType.Uuid), (name, NpgsqlDbType.Text),
            (now.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint));
        Batches.Add(batch, "UPDATE shards SET owner = $1, epoch = epoch + 1", (process, NpgsqlDbType.Uuid));
        batch.ExecuteNonQuery();
        transaction.Commit();
    }

    // By the names of their connections, which contain the process.
    private static int EndOthers(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand($"""
            SELECT count(pg_terminate_backend(a.pid, 5000)) FROM pg_stat_activity a
            JOIN processes p ON a.application_name = '{PostgresDatabase.ApplicationName} ' || replace(CAST(p.id AS text), '-', '')
            """, connection);
        return (int)(long)command.ExecuteScalar()!;
    }
}
