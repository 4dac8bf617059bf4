using System.Data.Common;

namespace RvpServer.Storage;

/// <summary>
/// An import of accounts in many small transactions that counts as one: until it is finished its accounts are listed in the store, and whoever finds the list
/// without an importer, who holds a lock, removes them: the next import, or a running server within a second or two.
/// </summary>
internal sealed class UnfinishedImport : IAsyncDisposable
{
    // About 20 ms of the store's lock, and as long for those who wait.
    private const int Part = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly DbConnection connection;
    private readonly DataLock held;

    private UnfinishedImport(DbConnection connection, DataLock held)
    {
        this.connection = connection;
        this.held = held;
    }

    /// <summary>Begins one, after the remains of an earlier one are gone. Throws <see cref="StoreException"/> if another process imports.</summary>
    public static async Task<UnfinishedImport> BeginAsync(DbConnection connection)
    {
        var import = new UnfinishedImport(connection, TryLock(connection) ?? throw new StoreException("Another import is under way."));
        try
        {
            await UndoAsync(connection);
            return import;
        }
        catch
        {
            await import.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes what an import has left that did not come to its end; nothing if there is none, or if it goes on.</summary>
    public static async Task UndoAsync(Func<DbConnection> open)
    {
        await using var connection = open();
        if (Count(connection) == 0) return;
        using var held = TryLock(connection);
        if (held is not null) await UndoAsync(connection);
    }

    /// <summary>Writes rows, a few at a time. <paramref name="insert"/> gives the id of the account that it has made of one.</summary>
    public async Task WriteAsync<T>(IEnumerable<T> rows, Func<T, Task<long>> insert, CancellationToken stop)
    {
        foreach (var part in rows.Chunk(Part))
        {
            await using var transaction = await connection.BeginTransactionAsync(stop);
            foreach (var row in part) Execute(connection, $"INSERT INTO unfinished_import (account) VALUES ({await insert(row)})");
            await transaction.CommitAsync(stop);
            await Task.Delay(Pause, stop);
        }
    }

    /// <summary>Now all of them are there; others see them from now on. <paramref name="note"/> writes what belongs to that in the same transaction.</summary>
    public async Task FinishAsync(Func<Task> note)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        await note();
        Execute(connection, "DELETE FROM unfinished_import");
        Execute(connection, "UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
        await transaction.CommitAsync();
    }

    /// <summary>Takes back what was not finished.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await UndoAsync(connection);
        }
        catch (DbException)
        {
            // The next one does it.
        }
        held.Dispose();
    }

    private static async Task UndoAsync(DbConnection connection)
    {
        if (Count(connection) == 0) return;
        while (Execute(connection, $"DELETE FROM accounts WHERE id IN (SELECT account FROM unfinished_import LIMIT {Part})") > 0)
            await Task.Delay(Pause);
        // Somebody may have looked one of them up.
        Execute(connection, "UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
    }

    private static DataLock? TryLock(DbConnection connection) => DataLock.TryTakeForImport(Path.GetDirectoryName(Path.GetFullPath(connection.DataSource))!);

    private static long Count(DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM unfinished_import)";
        return (long)command.ExecuteScalar()!;
    }

    private static int Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }
}
