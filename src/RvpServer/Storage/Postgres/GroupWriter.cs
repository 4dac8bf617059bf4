using System.Net.Sockets;
using Npgsql;

namespace RvpServer.Storage.Postgres;

/// <summary>
/// Writes groups of changes, one after the other, each in one transaction and one round trip, on a connection of its own. Not thread-safe but for
/// <see cref="Away"/> and <see cref="Lost"/>.
/// </summary>
/// <remarks>
/// A connection that breaks in the middle leaves open whether the transaction has happened. Then memory and store may differ, so nobody is answered before that
/// is known: the same group is written again, under the same number, until the store answers. Either it is written now, or the store says that it was. That it
/// was is no promise yet, since its standby may lack it: what the connection's end has kept from waiting for that is waited for by a commit after it.
/// </remarks>
internal sealed class GroupWriter(PostgresDatabase database, StoredIds ids, TimeProvider time) : IAsyncDisposable
{
    // Long enough for a statement of somebody else, short enough for a client that waits.
    private const string LockTimeout = "5s";

    // Others may lock rows in another order, such as the removal of an account.
    private const int MaxDeadlocks = 5;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource closing = new();
    private NpgsqlConnection? connection;
    private long written;
    private long sequencesUntil;
    private int formerBackend;
    private TimeSpan pause = FirstPause;
    private long pauseBegan;
    private volatile string? away;
    private volatile string? lost;
    private volatile bool isWaiting;

    /// <summary>Why the store cannot be reached just now; null: it can, or nobody has tried.</summary>
    public string? Away => away;

    /// <summary>Whether it waits for a store that is away: what comes now would wait as well.</summary>
    public bool IsWaiting => isWaiting;

    /// <summary>Why this process may not write any more; null: it may.</summary>
    public string? Lost => lost;

    /// <summary>Takes note that another process has taken the store.</summary>
    public void Lose() => lost = "another process has taken the store";

    /// <summary>
    /// Writes a group. Throws <see cref="StoreException"/> if the store cannot, <see cref="ShardsLostException"/> if it may not, and then nothing was written;
    /// any other exception is about something in the group.
    /// </summary>
    public async Task WriteAsync(IReadOnlyList<NodeChanges> group)
    {
        var rows = new GroupRows(ids, database.Shards, sequencesUntil);
        foreach (var call in group) rows.Add(call);
        if (Statements(rows) is not { } batch) return;
        try
        {
            await WriteAsync(batch, rows);
        }
        finally
        {
            isWaiting = false;
        }
        written++;
        sequencesUntil = rows.SequencesUntil;
    }

    /// <summary>Gives up a group that waits for the store, and closes the connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        if (connection is not null) await connection.DisposeAsync();
        closing.Dispose();
    }

    /// <summary>Nothing waits longer than this for a store that is away.</summary>
    public void CloseAfter(TimeSpan patience) => closing.CancelAfter(patience);

    // Null: there is nothing to write.
    private NpgsqlBatch? Statements(GroupRows rows)
    {
        var batch = new NpgsqlBatch();
        Fence.Begin(batch, database.Process, written + 1, rows.Shards);
        var own = batch.BatchCommands.Count;
        rows.AddTo(batch);
        return batch.BatchCommands.Count == own ? null : batch;
    }

    private async Task WriteAsync(NpgsqlBatch? batch, GroupRows rows)
    {
        var (isInDoubt, deadlocks) = (false, 0);
        while (true)
        {
            if (lost is not null) throw new StoreException(lost);
            isWaiting = away is not null;
            if (connection is null) await PauseAsync(isInDoubt);
            var wasSent = false;
            try
            {
                if (connection is null) await ConnectAsync();
                batch ??= Statements(rows)!;
                batch.Connection = connection;
                wasSent = true;
                await DoneAsync(batch.ExecuteNonQueryAsync());
                away = null;
                return;
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DivisionByZero)
            {
                if (await HasHappenedAsync(rows.Shards, isInDoubt) == true) return;
            }
            catch (PostgresException failure) when (failure.SqlState == PostgresErrorCodes.DeadlockDetected && ++deadlocks < MaxDeadlocks)
            {
                // All of it was undone.
            }
            catch (PostgresException failure) when (IsAboutTheData(failure))
            {
                throw;
            }
            catch (PostgresException failure) when (PostgresDatabase.IsRefusal(failure) && !isInDoubt)
            {
                throw new StoreException(PostgresDatabase.OneLine(failure), failure);
            }
            catch (Exception failure) when (IsOutage(failure))
            {
                isInDoubt |= wasSent && failure is not PostgresException { InvariantSeverity: "ERROR" };
                await BreakAsync(failure, hadConnection: wasSent);
                // It may still be on its way, where nobody waits for it any more.
                batch = null;
                if (!isInDoubt || closing.IsCancellationRequested) throw new StoreException(away!, failure);
            }
        }
    }

    // Before the next try to connect; who is not in doubt is told at once.
    private async Task PauseAsync(bool isInDoubt)
    {
        if (away is not { } reason) return;
        var left = pause - time.GetElapsedTime(pauseBegan);
        if (left <= TimeSpan.Zero) return;
        if (!isInDoubt) throw new StoreException(reason);
        try
        {
            await Task.Delay(left, time, closing.Token);
        }
        catch (OperationCanceledException)
        {
            throw new StoreException(reason);
        }
    }

    private async Task ConnectAsync()
    {
        connection = await OpenAsync().WaitAsync(closing.Token);
        (formerBackend, pause) = (connection.ProcessID, FirstPause);
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var opened = await database.Source.OpenConnectionAsync();
        try
        {
            await using var batch = new NpgsqlBatch(opened);
            Batches.Add(batch, $"SET lock_timeout = '{LockTimeout}'");
            // The broken connection's transaction, which may never get the rest of it, and holds the process's row.
            Batches.Add(batch, "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE pid = $1 AND application_name = $2",
                (formerBackend, NpgsqlTypes.NpgsqlDbType.Integer), (database.ConnectionName, NpgsqlTypes.NpgsqlDbType.Text));
            await batch.ExecuteNonQueryAsync();
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    // Npgsql has a limit as well, but then it knocks at the server once more, for as long as that keeps silent. Told to stop it would do so before it returns.
    private async Task<T> DoneAsync<T>(Task<T> work)
    {
        var used = connection!;
        try
        {
            var limit = used.CommandTimeout;
            return await work.WaitAsync(limit == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(limit) + Grace, time, closing.Token);
        }
        catch (Exception) when (!work.IsCompleted)
        {
            connection = null;
            _ = work.ContinueWith(_ => used.DisposeAsync().AsTask(), TaskScheduler.Default);
            throw;
        }
    }

    private async Task BreakAsync(Exception failure, bool hadConnection)
    {
        away = $"the store {database.Name} does not answer: {PostgresDatabase.OneLine(failure)}";
        if (!hadConnection) pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        if (connection is not null) await connection.DisposeAsync();
        connection = null;
        pauseBegan = time.GetTimestamp();
        database.Forget();
    }

    // What the fence has stopped; null: not known, since the connection has broken. If it may be written after all it is tried once more.
    private async Task<bool?> HasHappenedAsync(IReadOnlyCollection<short> shards, bool isInDoubt)
    {
        try
        {
            var count = await DoneAsync(Fence.FindWrittenAsync(connection!, database.Process, CancellationToken.None));
            if (count == written + 1)
            {
                await DoneAsync(Fence.CommitAsync(connection!, database.Process));
                return true;
            }
            if (count != written) Lose();
            else if (await DoneAsync(Fence.FindLostAsync(connection!, database.Process, shards, CancellationToken.None)) is { Length: > 0 } gone)
                throw new ShardsLostException(gone, database.Shards);
            return false;
        }
        catch (Exception failure) when (IsOutage(failure))
        {
            await BreakAsync(failure, hadConnection: true);
            if (!isInDoubt) throw new StoreException(away!, failure);
            return null;
        }
    }

    private static bool IsOutage(Exception failure) =>
        failure is NpgsqlException or TimeoutException or SocketException or IOException or ObjectDisposedException or OperationCanceledException;

    // Something cannot be converted, or a constraint forbids it: SQL classes 22 and 23.
    private static bool IsAboutTheData(PostgresException failure) => failure.SqlState is ['2', '2' or '3', ..];
}
