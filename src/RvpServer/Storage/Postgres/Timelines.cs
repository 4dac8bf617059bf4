using Npgsql;

namespace RvpServer.Storage.Postgres;

/// <summary>
/// Keeps this process from a former primary. One that comes back after its standby was promoted can be written as well, and has nothing of what was stored
/// since; but PostgreSQL has begun another timeline with the promotion, of a higher number. Who has seen that one takes no connection to an earlier one.
/// </summary>
internal sealed class Timelines
{
    // The first eight digits of a log file's name. A standby writes none.
    private const string Sql = """
        SELECT system_identifier,
            CASE WHEN pg_is_in_recovery() THEN NULL ELSE CAST(CAST('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8) AS bit(32)) AS bigint) END
        FROM pg_control_system()
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock gate = new();
    private (long System, long Timeline) newest;

    /// <summary>Looks at all hosts that are named and answer: which of several that can be written is the right one.</summary>
    public void LookAround(NpgsqlConnectionStringBuilder settings)
    {
        var hosts = settings.Host?.Split(',') ?? [];
        if (hosts.Length < 2) return;
        Task.WaitAll([.. hosts.Select(host => LookAtAsync(settings, host.Trim()))], Patience);
    }

    /// <summary>Looks at a new connection. Throws <see cref="NpgsqlException"/> where it is not to be used.</summary>
    public void Check(NpgsqlConnection connection)
    {
        try
        {
            using var command = new NpgsqlCommand(Sql, connection);
            using var row = command.ExecuteReader();
            row.Read();
            Note(connection, row);
        }
        catch (PostgresException refusal) when (PostgresDatabase.IsRefusal(refusal))
        {
            // A database that only looks like PostgreSQL, or an administrator who lets nobody see this.
        }
    }

    /// <summary>The same.</summary>
    public async Task CheckAsync(NpgsqlConnection connection)
    {
        try
        {
            await using var command = new NpgsqlCommand(Sql, connection);
            await using var row = await command.ExecuteReaderAsync();
            await row.ReadAsync();
            Note(connection, row);
        }
        catch (PostgresException refusal) when (PostgresDatabase.IsRefusal(refusal))
        {
            // As above.
        }
    }

    // Another database altogether is for the fence to judge: nothing in it is this process's.
    private void Note(NpgsqlConnection connection, NpgsqlDataReader row)
    {
        if (row.IsDBNull(1)) return;
        var found = (System: row.GetInt64(0), Timeline: row.GetInt64(1));
        lock (gate)
        {
            if (found.System == newest.System && found.Timeline < newest.Timeline)
                throw new NpgsqlException($"{connection.Host}:{connection.Port} is a former primary: another one was promoted in its place");
            newest = found;
        }
    }

    private async Task LookAtAsync(NpgsqlConnectionStringBuilder settings, string host)
    {
        var only = new NpgsqlConnectionStringBuilder(settings.ToString()) { Host = host, Pooling = false };
        only.Remove("Target Session Attributes");
        try
        {
            await using var connection = new NpgsqlConnection(only.ToString());
            await connection.OpenAsync();
            await CheckAsync(connection);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            // It is away, or a former primary.
        }
    }
}
