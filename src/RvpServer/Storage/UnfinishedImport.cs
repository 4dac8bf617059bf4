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
    private readonly IDisposable held;

    private UnfinishedImport(DbConnection connection, IDisposable held)
    {
        this.connection = connection;
        this.held = held;
    }

    /// <summary>
    /// Begins one on a connection of the database's, after the remains of an earlier one are gone. Throws <see cref="StoreException"/> if another process
    /// imports.
    /// </summary>
    public static async Task<UnfinishedImport> BeginAsync(IDatabase database, DbConnection connection, CancellationToken stop)
    {
        var import = new UnfinishedImport(connection, database.TryLockForImport() ?? throw new StoreException("Another import is under way."));
        try
        {
            await UndoAsync(connection, stop);
            return import;
        }
        catch
        {
            await import.DisposeAsync();
            throw;
        }
    }

    /// <summary>Removes what an import has left that did not come to its end; nothing if there is none, or if it goes on.</summary>
    public static async Task UndoAsync(IDatabase database, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        if (!await IsThereAsync(connection, stop)) return;
        using var held = database.TryLockForImport();
        if (held is not null) await UndoAsync(connection, stop);
    }

    /// <summary>Writes rows, a few at a time. <paramref name="insert"/> gives the id of the account that it has made of one.</summary>
    public async Task WriteAsync<T>(IEnumerable<T> rows, Func<T, Task<long>> insert, CancellationToken stop)
    {
        foreach (var part in rows.Chunk(Part))
        {
            await using var transaction = await WriteTransaction.BeginAsync(connection, stop);
            foreach (var row in part)
                await Sql.ExecuteAsync(connection, "INSERT INTO unfinished_import (account) VALUES (@account)", stop, ("@account", await insert(row)));
            await transaction.CommitAsync(stop);
            await Task.Delay(Pause, stop);
        }
    }

    /// <summary>Now all of them are there; others see them from now on. <paramref name="note"/> writes what belongs to that in the same transaction.</summary>
    public async Task FinishAsync(Func<Task> note, CancellationToken stop)
    {
        await using var transaction = await WriteTransaction.BeginAsync(connection, stop);
        await note();
        await Sql.ExecuteAsync(connection, "DELETE FROM unfinished_import", stop);
        await WriteTransaction.NoteChangeAsync(connection, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>Takes back what was not finished.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await UndoAsync(connection, CancellationToken.None);
        }
        catch (DbException)
        {
            // The next one does it.
        }
        held.Dispose();
    }

    private static async Task UndoAsync(DbConnection connection, CancellationToken stop)
    {
        if (!await IsThereAsync(connection, stop)) return;
        while (await Sql.ExecuteAsync(
            connection, $"DELETE FROM accounts WHERE id IN (SELECT account FROM unfinished_import LIMIT {Part})", stop) > 0) await Task.Delay(Pause, stop);
        // Somebody may have looked one of them up.
        await WriteTransaction.NoteChangeAsync(connection, stop);
    }

    private static async Task<bool> IsThereAsync(DbConnection connection, CancellationToken stop)
    {
        await using var command = Sql.Command(connection, "SELECT account FROM unfinished_import LIMIT 1");
        return await command.ExecuteScalarAsync(stop) is not null;
    }
}
