using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Rvp.Engine;
using Rvp.Protocol;
using SQLitePCL;

namespace RvpServer.Storage.Sqlite;

/// <summary>The embedded store: one file, in WAL mode with a sync at every commit, which a power failure cannot undo. (Decision)</summary>
internal sealed partial class SqliteStore : IStore
{
    // Rows that are handed over at a time, and how many times that at most.
    private const int PartLength = 1000;
    private const int ReadAhead = 8;

    private readonly SqliteFile file;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly SqliteConnection connection;
    private readonly StoredIds ids;
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly ChangeWriter writer;
    private readonly GroupCommit commits;
    private readonly Lock gate = new();
    private Task checking = Task.CompletedTask;

    /// <summary>Opens the store; throws <see cref="StoreException"/>.</summary>
    public SqliteStore(SqliteFile file, TimeProvider time, ILogger<SqliteStore> log)
    {
        this.file = file;
        this.time = time;
        this.log = log;
        connection = Guarded(file.Open);
        Ids = Guarded(ReadIdKey);
        ids = new StoredIds(Ids);
        Guarded(() =>
        {
            ForeignIds.Load(connection, ids);
            return true;
        });
        Files = new FileWatch(file.Path);
        LastPollSequence = Guarded(() => SqliteFile.ReadNumber(connection, "SELECT value FROM counters WHERE name = 'poll_sequence'"));
        begin = new Statement(connection, "BEGIN IMMEDIATE");
        commit = new Statement(connection, "COMMIT");
        writer = new ChangeWriter(connection, ids);
        commits = new GroupCommit(WriteAsync, time, log);
    }

    /// <inheritdoc/>
    /// <remarks>One thread reads ahead while the caller makes use of what it has.</remarks>
    public async IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        using var isOver = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var parts = Channel.CreateBounded<(RvpUrl, Change)[]>(ReadAhead);
        var reading = Task.Run(() => ReadAllAsync(parts.Writer, isOver.Token), CancellationToken.None);
        try
        {
            await foreach (var part in parts.Reader.ReadAllAsync(stop))
                foreach (var row in part) yield return row;
        }
        finally
        {
            await isOver.CancelAsync();
            await reading;
        }
    }

    /// <inheritdoc/>
    public Task CommitAsync(RvpUrl node, IReadOnlyList<Change> changes) =>
        changes.Count == 0 ? Task.CompletedTask : commits.CommitAsync(new NodeChanges(node, changes));

    /// <inheritdoc/>
    public bool TryEnqueue(RvpUrl node, IReadOnlyList<Change> changes) => changes.Count == 0 || commits.TryEnqueue(new NodeChanges(node, changes));

    /// <inheritdoc/>
    public Task FlushAsync(RvpUrl node) => commits.CommitAsync(new NodeChanges(node, []));

    /// <inheritdoc/>
    public IdCipher Ids { get; }

    /// <inheritdoc/>
    public long LastPollSequence { get; }

    /// <inheritdoc/>
    public Task<bool> KnowsAsync(RvpUrl node, CancellationToken stop) => Task.Run(() => Guarded(() => Knows(node.ToString())), stop);

    /// <inheritdoc/>
    public Task<IReadOnlyList<IdRange>> ReserveIdsAsync(int count, CancellationToken stop)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Task.Run(() => Guarded(() => ReserveIds(count)), stop);
    }

    /// <inheritdoc/>
    public async Task KeepIdsAsync(RvpUrl node, IReadOnlyList<int> ids, CancellationToken stop)
    {
        if (ids.Count == 0) return;
        var name = node.ToString();
        var numbers = (await ReserveIdsAsync(ids.Count, stop)).SelectMany(range => Enumerable.Range((int)range.First, range.Count));
        foreach (var (id, number) in ids.Zip(numbers)) this.ids.Add(name, id, number);
    }

    /// <inheritdoc/>
    public void InheritIds(RvpUrl node, RvpUrl former) => ids.Carry(former.ToString(), node.ToString());

    /// <inheritdoc/>
    public Task<bool> HasTakenAsync(Guid move, CancellationToken stop) =>
        Task.Run(() => Guarded(() => Exists("SELECT 1 FROM taken_moves WHERE id = $key", move.ToString("N"))), stop);

    /// <inheritdoc/>
    public bool IsForeignId(int id) => ids.IsForeign(id);

    /// <summary>Whether the files are still those that were opened.</summary>
    public FileWatch Files { get; }

    /// <inheritdoc/>
    public Task CheckAsync(CancellationToken stop)
    {
        lock (gate)
        {
            // While the store is locked each check holds a thread: one is enough for all who ask.
            if (checking.IsCompleted) checking = Task.Run(() => Guarded(CheckByWriting), CancellationToken.None);
            return checking.WaitAsync(stop);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await commits.DisposeAsync();
        writer.Dispose();
        begin.Dispose();
        commit.Dispose();
        await connection.DisposeAsync();
    }

    // Whatever goes wrong comes out where the parts are read.
    private async Task ReadAllAsync(ChannelWriter<(RvpUrl, Change)[]> parts, CancellationToken stop)
    {
        try
        {
            using var snapshot = file.Open();
            using var transaction = snapshot.BeginTransaction(deferred: true);
            foreach (var part in new ChangeReader(snapshot, ids, node => Log.RowNotUnderstood(log, node)).Read().Chunk(PartLength))
                await parts.WriteAsync(part, stop);
            parts.Complete();
        }
        catch (SqliteException failure)
        {
            parts.Complete(new StoreException("The store cannot be read: " + failure.Message, failure));
        }
        catch (Exception failure)
        {
            parts.Complete(failure);
        }
    }

    private Task WriteAsync(IReadOnlyList<NodeChanges> group)
    {
        try
        {
            begin.Run();
            foreach (var (url, changes) in group)
            {
                var node = url.ToString();
                foreach (var change in changes) writer.Write(node, change);
            }
            commit.Run();
            // Afterwards, so that nobody is promised what went to a file that is no more.
            Files.Check();
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

    private bool Knows(string node) => Exists("SELECT 1 FROM node_accounts WHERE node = $key", node);

    private bool Exists(string rows, string key)
    {
        using var other = file.Open();
        using var command = other.CreateCommand();
        command.CommandText = $"SELECT EXISTS ({rows})";
        command.Parameters.AddWithValue("$key", key);
        return (long)command.ExecuteScalar()! != 0;
    }

    private IReadOnlyList<IdRange> ReserveIds(int count)
    {
        using var other = file.Open();
        SqliteFile.Execute(other, "BEGIN IMMEDIATE");
        var reserved = IdCounter.Reserve(other, count);
        SqliteFile.Execute(other, "COMMIT");
        return reserved;
    }

    // A store that can be read but not written is of no use, and only writing detects a full disk.
    private bool CheckByWriting()
    {
        Files.Check();
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

    private static partial class Log
    {
        [LoggerMessage(EventName = "StoreRowNotUnderstood", Level = LogLevel.Warning,
            Message = "A stored row of node {Node} cannot be understood and is passed over")]
        public static partial void RowNotUnderstood(ILogger logger, string node);
    }
}
