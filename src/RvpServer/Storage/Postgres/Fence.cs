using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace RvpServer.Storage.Postgres;

/// <summary>
/// Which process may write. Each transaction of a process begins by counting up in the process's row, which locks it, and then looks whether its shards are
/// still its own. Who takes a shard locks that row first, so it waits for the transaction under way, and every later one of the former owner fails.
/// </summary>
internal static class Fence
{
    private static readonly TimeSpan Beginning = TimeSpan.FromMinutes(10);

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

    /// <summary>Commits without a change: when it is done, whatever was committed before is as safe as any commit, also at a synchronous standby.</summary>
    public static async Task<int> CommitAsync(NpgsqlConnection connection, Guid process)
    {
        await using var command = new NpgsqlCommand("UPDATE processes SET written = written WHERE id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = process });
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Those of some shards that are not a process's.</summary>
    public static async Task<short[]> FindLostAsync(
        NpgsqlConnection connection, Guid process, IReadOnlyCollection<short> shards, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(
            "SELECT coalesce(array_agg(id), '{}') FROM shards WHERE id = ANY ($2) AND owner IS DISTINCT FROM $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = process });
        command.Parameters.Add(new NpgsqlParameter { Value = shards.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Smallint });
        return (short[])(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>
    /// Takes all shards for a process that is alone. The former owner's transaction under way is waited for; if it does not come to its end, because its
    /// process or its network has stopped in the middle, its connections are ended. Gives the number of these; null: none had to be.
    /// </summary>
    public static int? TakeAll(PostgresDatabase database, string name, DateTimeOffset now) => Take(database, "SELECT id FROM processes", batch =>
    {
        // Whoever else is there has nothing any more.
        Batches.Add(batch, "DELETE FROM processes");
        AddProcess(batch, database.Process, name, now);
        Batches.Add(batch, "UPDATE shards SET owner = $1, epoch = epoch + 1", (database.Process, NpgsqlDbType.Uuid));
    });

    /// <summary>Makes a process one of several, which has no shard yet. Forgets those of before that have none any more and are no members.</summary>
    public static void Join(PostgresDatabase database, string name, DateTimeOffset now)
    {
        using var connection = database.Source.OpenConnection();
        using var batch = new NpgsqlBatch(connection);
        // Status 6: dead, as Orleans has it. One that has just begun is no member yet.
        Batches.Add(batch, """
            DELETE FROM processes p WHERE started_at < $1 AND NOT EXISTS (SELECT FROM shards s WHERE s.owner = p.id)
                AND NOT EXISTS (SELECT FROM members m WHERE m.name = replace(CAST(p.id AS text), '-', '') AND m.status <> 6)
            """, ((now - Beginning).ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint));
        AddProcess(batch, database.Process, name, now);
        batch.ExecuteNonQuery();
    }

    /// <summary>Takes some shards, from whichever processes have them, as <see cref="TakeAll"/> does.</summary>
    public static int? Take(PostgresDatabase database, IReadOnlyCollection<short> shards)
    {
        var owners = $"SELECT owner FROM shards WHERE id IN ({ListOf(shards)})";
        return Take(database, owners, batch =>
        {
            // Statements see what was committed before each of them: the owners are those of now, since nobody else takes meanwhile.
            Batches.Add(batch, $"SELECT FROM processes WHERE id IN ({owners}) FOR UPDATE");
            Batches.Add(batch, "UPDATE shards SET owner = $1, epoch = epoch + 1 WHERE id = ANY ($2)", (database.Process, NpgsqlDbType.Uuid),
                (shards.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Smallint));
        });
    }

    /// <summary>Shards, for a statement; none are written as one that nothing equals.</summary>
    public static string ListOf(IReadOnlyCollection<short> shards) =>
        shards.Count == 0 ? "NULL" : string.Join(',', shards.Select(shard => shard.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Gives up a shard, if it is still the process's.</summary>
    public static async Task GiveBackAsync(NpgsqlConnection connection, Guid process, short shard)
    {
        await using var batch = new NpgsqlBatch(connection);
        Batches.Add(batch, "UPDATE shards SET owner = NULL WHERE owner = $1 AND id = $2", (process, NpgsqlDbType.Uuid), (shard, NpgsqlDbType.Smallint));
        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Gives up what a process has, at its end.</summary>
    public static async Task LeaveAsync(NpgsqlConnection connection, Guid process)
    {
        await using var batch = new NpgsqlBatch(connection);
        Batches.Add(batch, "UPDATE shards SET owner = NULL WHERE owner = $1", (process, NpgsqlDbType.Uuid));
        Batches.Add(batch, "DELETE FROM processes WHERE id = $1", (process, NpgsqlDbType.Uuid));
        await batch.ExecuteNonQueryAsync();
    }

    // former: a query for the processes from which is taken.
    private static int? Take(PostgresDatabase database, string former, Action<NpgsqlBatch> take)
    {
        using var connection = database.Source.OpenConnection();
        try
        {
            Take(connection, take, Patience(former));
            return null;
        }
        catch (PostgresException held) when (held.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            var ended = EndOthers(connection, database.Process, former);
            Take(connection, take, "'10s'");
            return ended;
        }
    }

    private static void Take(NpgsqlConnection connection, Action<NpgsqlBatch> take, string patience)
    {
        using var transaction = connection.BeginTransaction();
        using var batch = new NpgsqlBatch(connection, transaction);
        // Another one may be waiting for a former owner, and ends its connections then.
        Batches.Add(batch, "SET LOCAL lock_timeout = '20s'");
        Batches.Add(batch, "SELECT pg_advisory_xact_lock($1)", (TakeLock, NpgsqlDbType.Bigint));
        Batches.Add(batch, $"SELECT set_config('lock_timeout', {patience}, TRUE)");
        take(batch);
        batch.ExecuteNonQuery();
        transaction.Commit();
    }

    // One that the cluster has declared dead may still hold a lock, if it is frozen: it is hardly waited for. Status 6: dead, as Orleans has it.
    private static string Patience(string former) => $"""
        CASE WHEN EXISTS (SELECT FROM members m JOIN processes p ON m.name = replace(CAST(p.id AS text), '-', '') WHERE m.status = 6 AND p.id IN ({former}))
            THEN '100ms' ELSE '1s' END
        """;

    private static void AddProcess(NpgsqlBatch batch, Guid process, string name, DateTimeOffset now) =>
        Batches.Add(batch, "INSERT INTO processes (id, name, started_at) VALUES ($1, $2, $3)", (process, NpgsqlDbType.Uuid), (name, NpgsqlDbType.Text),
            (now.ToUnixTimeMilliseconds(), NpgsqlDbType.Bigint));

    // By the names of their connections, which contain the process.
    private static int EndOthers(NpgsqlConnection connection, Guid own, string former)
    {
        using var command = new NpgsqlCommand($"""
            SELECT count(pg_terminate_backend(a.pid, 5000)) FROM pg_stat_activity a JOIN processes p
            ON a.application_name = '{PostgresDatabase.ApplicationName} ' || replace(CAST(p.id AS text), '-', '') AND p.id IN ({former}) AND p.id <> $1
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = own });
        return (int)(long)command.ExecuteScalar()!;
    }
}
