using System.Data.Common;
using System.Globalization;
using Npgsql;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Storage.Postgres;

/// <summary>The store in PostgreSQL. It takes the whole database: who opens it later takes it from this process, which can write nothing more.</summary>
internal sealed partial class PostgresStore : IStore
{
    private static readonly StoreColumns Columns = new("made", "view, set_order", "SELECT node, url FROM nodes");
    private static readonly RvpUrl Nobody = RvpUrl.ForAlias("localhost", 80, "Nobody");
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly PostgresDatabase database;
    private readonly TimeProvider time;
    private readonly ILogger log;
    private readonly StoredIds ids;
    private readonly GroupWriter writer;
    private readonly GroupCommit commits;
    private long lastPollSequence;
    private bool isDisposed;

    /// <summary>Opens the store and takes it; as one of several processes it takes no shard yet. Throws <see cref="StoreException"/>.</summary>
    public PostgresStore(PostgresDatabase database, TimeProvider time, ILogger<PostgresStore> log, bool isOneOfMany = false)
    {
        this.database = database;
        this.time = time;
        this.log = log;
        try
        {
            if (isOneOfMany) Fence.Join(database, NameOfThis(), time.GetUtcNow());
            else Note(Fence.TakeAll(database, NameOfThis(), time.GetUtcNow()));
            if (!database.IsDurable) Log.NotDurable(log, database.Name);
            using var connection = database.Source.OpenConnection();
            Ids = ReadIdKey(connection);
            ids = new StoredIds(Ids);
            ForeignIds.Load(connection, ids);
            LastPollSequence = ReadLastSequence(connection);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            throw new StoreException($"The store {database.Name} cannot be opened: {PostgresDatabase.OneLine(failure)}", failure);
        }
        writer = new GroupWriter(database, ids, time);
        commits = new GroupCommit(writer.WriteAsync, time, log);
    }

    /// <summary>Why this process may not write any more; null: it may.</summary>
    public string? Lost => writer.Lost;

    /// <inheritdoc/>
    public IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAllAsync(CancellationToken stop) => ReadAhead.OfAsync(Read(Columns), stop);

    /// <inheritdoc/>
    public bool IsElsewhere => true;

    /// <inheritdoc/>
    public int Shards => database.Shards;

    /// <inheritdoc/>
    public Task TakeAsync(IReadOnlyCollection<short> shards, CancellationToken stop) => Task.Run(() => Guarded(() => Take(shards)), stop);

    /// <inheritdoc/>
    public IAsyncEnumerable<(RvpUrl Node, Change Change)> ReadAsync(IReadOnlyCollection<short> shards, CancellationToken stop) =>
        ReadAhead.OfAsync(Read(Columns with { Rows = RowsOf(shards) }), stop);

    /// <inheritdoc/>
    public async Task GiveBackAsync(short shard)
    {
        // In order behind all that was handed over so far.
        await commits.CommitAsync(new NodeChanges(Nobody, []));
        await GuardedAsync(async () =>
        {
            await using var connection = await database.Source.OpenConnectionAsync();
            await Fence.GiveBackAsync(connection, database.Process, shard);
            return true;
        });
    }

    /// <inheritdoc/>
    /// <remarks>While the store is known to be away nobody waits for it.</remarks>
    public Task CommitAsync(RvpUrl node, IReadOnlyList<Change> changes) =>
        changes.Count == 0 ? Task.CompletedTask : CommitAsync(new NodeChanges(node, changes));

    /// <inheritdoc/>
    public bool TryEnqueue(RvpUrl node, IReadOnlyList<Change> changes) =>
        changes.Count == 0 || (Refusal is null && commits.TryEnqueue(new NodeChanges(node, changes)));

    /// <inheritdoc/>
    public Task FlushAsync(RvpUrl node) => CommitAsync(new NodeChanges(node, []));

    /// <inheritdoc/>
    public IdCipher Ids { get; }

    /// <inheritdoc/>
    public long LastPollSequence
    {
        get => Volatile.Read(ref lastPollSequence);
        private set => Volatile.Write(ref lastPollSequence, value);
    }

    /// <inheritdoc/>
    public Task<bool> KnowsAsync(RvpUrl node, CancellationToken stop) =>
        ExistsAsync("SELECT FROM node_accounts WHERE node = $1", NodeRows.KeyOf(node), stop);

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
    public Task<bool> HasTakenAsync(Guid move, CancellationToken stop) => ExistsAsync("SELECT FROM taken_moves WHERE id = $1", move.ToString("N"), stop);

    /// <inheritdoc/>
    public bool IsForeignId(int id) => ids.IsForeign(id);

    /// <inheritdoc/>
    /// <remarks>By writing, since a standby and a full disk can only be read.</remarks>
    public async Task CheckAsync(CancellationToken stop)
    {
        if (Lost is { } reason) throw new StoreException(reason);
        await GuardedAsync(async () =>
        {
            await using var command = database.Source.CreateCommand(
                "INSERT INTO counters (name, value) VALUES ('checked_at', $1) ON CONFLICT (name) DO UPDATE SET value = $1");
            command.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow().ToUnixTimeMilliseconds() });
            return await command.ExecuteNonQueryAsync(stop);
        });
    }

    /// <summary>Looks whether another process has taken the store, which one that does not write would not notice. See <see cref="Lost"/>.</summary>
    public Task FindLostAsync(CancellationToken stop) => GuardedAsync(async () =>
    {
        await using var connection = await database.Source.OpenConnectionAsync(stop);
        if (await Fence.FindWrittenAsync(connection, database.Process, stop) is null) writer.Lose();
        return Lost;
    });

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The container has it under two names.
        if (Interlocked.Exchange(ref isDisposed, true)) return;
        // What waits gets a last chance.
        using var enough = new CancellationTokenSource(Farewell);
        writer.CloseAfter(Farewell);
        await commits.DisposeAsync();
        await writer.DisposeAsync();
        try
        {
            await LeaveAsync().WaitAsync(enough.Token);
        }
        catch (Exception failure) when (failure is DbException or TimeoutException or OperationCanceledException)
        {
            // The next one takes it.
        }
    }

    private async Task LeaveAsync()
    {
        await using var connection = await database.Source.OpenConnectionAsync();
        await Fence.LeaveAsync(connection, database.Process);
    }

    private Task CommitAsync(NodeChanges changes) =>
        Refusal is { } reason ? Task.FromException(new StoreException("The changes could not be stored: " + reason)) : commits.CommitAsync(changes);

    private string? Refusal => writer.Lost ?? (writer.IsWaiting ? writer.Away : null);

    private bool Take(IReadOnlyCollection<short> shards)
    {
        Note(Fence.Take(database, shards));
        using var connection = database.Source.OpenConnection();
        ForeignIds.Load(connection, ids, RowsOf(shards));
        LastPollSequence = Math.Max(LastPollSequence, ReadLastSequence(connection));
        return true;
    }

    private void Note(int? ended)
    {
        if (ended is { } count) Log.FormerEnded(log, count);
    }

    private static string RowsOf(IReadOnlyCollection<short> shards) => $"WHERE shard IN ({Fence.ListOf(shards)})";

    private static long ReadLastSequence(NpgsqlConnection connection) =>
        (long)Schema.Read(connection, "SELECT value FROM counters WHERE name = 'poll_sequence'");

    private IEnumerable<(RvpUrl Node, Change Change)> Read(StoreColumns columns)
    {
        using var connection = database.Source.OpenConnection();
        using var snapshot = connection.BeginTransaction(System.Data.IsolationLevel.RepeatableRead);
        foreach (var row in new ChangeReader(sql => new PostgresRows(connection, sql), columns, ids, node => Log.RowNotUnderstood(log, node)).Read())
            yield return row;
    }

    private IReadOnlyList<IdRange> ReserveIds(int count)
    {
        using var connection = database.Source.OpenConnection();
        using var transaction = connection.BeginTransaction();
        var reserved = IdCounter.Reserve(connection, count);
        transaction.Commit();
        return reserved;
    }

    private Task<bool> ExistsAsync(string rows, string key, CancellationToken stop) => GuardedAsync(async () =>
    {
        await using var command = database.Source.CreateCommand($"SELECT EXISTS ({rows})");
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        return (bool)(await command.ExecuteScalarAsync(stop))!;
    });

    private static IdCipher ReadIdKey(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand("SELECT floor, key FROM id_key", connection);
        using var row = command.ExecuteReader();
        if (!row.Read()) throw new StoreException("The store has lost the key of its ids.");
        return new IdCipher((int)row.GetInt64(0), row.GetFieldValue<byte[]>(1));
    }

    private static string NameOfThis() => string.Create(CultureInfo.InvariantCulture, $"{Environment.MachineName} {Environment.ProcessId}");

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            throw Failed(failure);
        }
    }

    private async Task<T> GuardedAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is DbException or TimeoutException)
        {
            throw Failed(failure);
        }
    }

    private StoreException Failed(Exception failure)
    {
        if (!PostgresDatabase.IsRefusal(failure)) database.Forget();
        return new StoreException("The store does not answer: " + PostgresDatabase.OneLine(failure), failure);
    }

    private static partial class Log
    {
        [LoggerMessage(EventName = "StoreRowNotUnderstood", Level = LogLevel.Warning,
            Message = "A stored row of node {Node} cannot be understood and is passed over")]
        public static partial void RowNotUnderstood(ILogger logger, string node);

        [LoggerMessage(EventName = "StoreFormerOwnerEnded", Level = LogLevel.Warning,
            Message = "The store was held by another process that had stopped in the middle: {Count} of its connections were ended")]
        public static partial void FormerEnded(ILogger logger, int count);

        [LoggerMessage(EventName = "StoreNotDurable", Level = LogLevel.Warning,
            Message = "The store {Store} does not wait for the disk (synchronous_commit is off): a crash of it loses what was promised")]
        public static partial void NotDurable(ILogger logger, string store);
    }
}
