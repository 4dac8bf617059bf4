using System.Data;
using System.Data.Common;
using RvpServer.Storage;

namespace RvpServer.Directories.Local;

/// <summary>
/// One connection for reading accounts from the store, used by one caller at a time. Changes by another process (the command line) are seen at the
/// next <see cref="RefreshAsync"/>: each raises a counter in the store.
/// </summary>
internal sealed class AccountsReader : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly IDatabase database;
    private readonly Action changed;
    private DbConnection? connection;
    private long version;
    private bool isDisposed;

    /// <param name="database">The store that has the accounts.</param>
    /// <param name="changed">
    /// Called after the counter has changed: in turn, so that nothing read before the change enters a cache later; and before <see cref="Version"/> tells
    /// others to look again.
    /// </param>
    public AccountsReader(IDatabase database, Action changed)
    {
        this.database = database;
        this.changed = changed;
    }

    /// <summary>The counter as last seen.</summary>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Checks now whether accounts have changed.</summary>
    public Task RefreshAsync(CancellationToken stop) =>
        InTurnAsync(
            async connection =>
            {
                var stored = await AccountRows.ReadVersionAsync(connection, stop);
                if (stored == Version) return stored;
                changed();
                return Interlocked.Exchange(ref version, stored);
            },
            stop);

    /// <summary>Reads; throws <see cref="DirectoryException"/> when the store does not answer.</summary>
    public async Task<T> InTurnAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (isDisposed) throw new DirectoryException("The directory is closed.");
            var kept = connection;
            try
            {
                return await work(connection ??= await database.OpenAsync(stop));
            }
            catch (DbException) when (kept is { State: not ConnectionState.Open })
            {
                // A database elsewhere was started again since the last time: that says nothing about now.
                await ForgetConnectionAsync();
                return await work(connection = await database.OpenAsync(stop));
            }
        }
        catch (DbException failure)
        {
            // The next look-up makes a new connection.
            await ForgetConnectionAsync();
            throw new DirectoryException("The accounts cannot be read: " + failure.Message, failure);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        isDisposed = true;
        await ForgetConnectionAsync();
        turn.Release();
    }

    private async ValueTask ForgetConnectionAsync()
    {
        if (connection is not null) await connection.DisposeAsync();
        connection = null;
    }
}
