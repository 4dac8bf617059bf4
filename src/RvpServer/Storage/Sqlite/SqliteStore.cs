using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Rvp.Engine;
using Rvp.Protocol;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>The embedded store: one file, in WAL mode with a sync at every commit, which a power failure cannot undo. (Decision)</summary>
internal sealed partial class SqliteStore : IStore
{
    private readonly SqliteFile file;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly SqliteConnection connection;
    private readonly ChangeWriter writer;
    private readonly GroupCommit commits;

    /// <summary>Opens the store; throws <see cref="StoreException"/>.</summary>
    public SqliteStore(SqliteFile file, TimeProvider time, ILogger<SqliteStore> log)
    {
        this.file = file;
        this.time = time;
        this.log = log;
        connection = Guarded(file.Open);
        Ids = Guarded(ReadIdKey);
        LastPollSequence = Guarded(() => SqliteFile.ReadNumber(connection, "SELECT value FROM counters WHERE name = 'poll_sequence'"));
        writer = new ChangeWriter(connection, Ids);
        commits = new GroupCommit(WriteAsync, time, log);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var snapshot = Guarded(file.Open);
        using var transaction = Guarded(() => snapshot.BeginTransaction(deferred: true));
        using var reader = Guarded(() => new ChangeReader(snapshot, Ids));
        await using var rows = reader.ReadAsync(stop).GetAsyncEnumerator(stop);
        RvpUrl? node = null;
        string? text = null;
        while (await GuardedAsync(rows.MoveNextAsync()))
        {
            var (nodeText, change) = rows.Current;
            if (nodeText != text) node = new StoredUrl(text = nodeText, null).ToUrl();
            if (node is not null && change is not null) yield return (node, change);
            else Log.RowNotUnderstood(log, nodeText);
        }
    }

    /// <inheritdoc/>
    public Task CommitAsync(RvpUrl node, IReadOnlyList<Change> changes) =>
        changes.Count == 0 ? Task.CompletedTask : commits.CommitAsync(new NodeChanges(node, changes));

    /// <inheritdoc/>
    public void Enqueue(RvpUrl node, IReadOnlyList<Change> changes)
    {
        if (changes.Count > 0) commits.Enqueue(new NodeChanges(node, changes));
    }

    /// <inheritdoc/>
    public IdCipher Ids { get; }

    /// <inheritdoc/>
    public long LastPollSequence { get; }

    /// <inheritdoc/>
    public Task<bool> KnowsAsync(RvpUrl node, CancellationToken stop) => Task.Run(() => Guarded(() => Knows(node.ToString())), stop);

    /// <inheritdoc/>
    public Task<int> ReserveIdsAsync(int count, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Task.Run(() => Guarded(() => ReserveIds(count)), stop);
    }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop) => Task.Run(() => Guarded(CheckByWriting), stop);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await commits.DisposeAsync();
        writer.Dispose();
        await connection.DisposeAsync();
    }

    private Task WriteAsync(IReadOnlyList<NodeChanges> group)
    {
        try
        {
            SqliteFile.Execute(connection, "BEGIN IMMEDIATE");
            foreach (var (url, changes) in group)
            {
                var node = url.ToString();
                foreach (var change in changes) writer.Write(node, change);
            }
            SqliteFile.Execute(connection, "COMMIT");
            return Task.CompletedTask;
        }
        catch (Exception failure)
        {
            RollBack();
            if (failure is SqliteException sql && !IsAboutTheData(sql)) throw new StoreException(sql.Message, sql);
            throw;
        }
    }

    // After some failures SQLite rolls back by itself; then there is nothing left to do.
    private void RollBack()
    {
        if (raw.sqlite3_get_autocommit(connection.Handle) == 0) SqliteFile.Execute(connection, "ROLLBACK");
    }

    private static bool IsAboutTheData(SqliteException failure) =>
        failure.SqliteErrorCode is raw.SQLITE_CONSTRAINT or raw.SQLITE_MISMATCH or raw.SQLITE_TOOBIG or raw.SQLITE_RANGE;

    private IdCipher ReadIdKey()
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT floor, key FROM id_key";
        using var row = command.ExecuteReader();
        return row.Read() ? new IdCipher(row.GetInt32(0), (byte[])row.GetValue(1)) : throw new StoreException("The store has lost the key of its ids.");
    }

    private bool Knows(string node)
    {
        using var other = file.Open();
        using var command = other.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM node_accounts WHERE node = $node)";
        command.Parameters.AddWithValue("$node", node);
        return (long)command.ExecuteScalar()! != 0;
    }

    private int ReserveIds(int count)
    {
        using var other = file.Open();
        using var transaction = other.BeginTransaction();
        using var command = other.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "UPDATE counters SET value = value + $count WHERE name = 'next_id' RETURNING value";
        command.Parameters.AddWithValue("$count", count);
        var next = (long)command.ExecuteScalar()!;
        // Clients parse an int, so ids end at 31 bits; they are never given twice, so they cannot start again. [client]
        if (next - 1 > int.MaxValue)
        {
            throw new StoreException(string.Create(
                CultureInfo.InvariantCulture,
                $"All subscription ids up to {int.MaxValue} have been given out: sign everybody out and set next_id in table counters to id_key.floor."));
        }
        transaction.Commit();
        return (int)(next - count);
    }

    // A store that can be read but not written is of no use, and only writing detects a full disk.
    private bool CheckByWriting()
    {
        using var other = file.Open();
        using var command = other.CreateCommand();
        command.CommandText = "INSERT INTO counters (name, value) VALUES ('checked_at', $now) ON CONFLICT (name) DO UPDATE SET value = $now";
        command.Parameters.AddWithValue("$now", time.GetUtcNow().ToUnixTimeMilliseconds());
        return command.ExecuteNonQuery() == 1;
    }

    private static T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The store does not answer: " + failure.Message, failure);
        }
    }

    private static async ValueTask<bool> GuardedAsync(ValueTask<bool> work)
    {
        try
        {
            return await work;
        }
        catch (SqliteException failure)
        {
            throw new StoreException("The store cannot be read: " + failure.Message, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "StoreRowNotUnderstood", Level = LogLevel.Warning,
            Message = "A stored row of node {Node} cannot be understood and is passed over")]
        public static partial void RowNotUnderstood(ILogger logger, string node);
    }
}
