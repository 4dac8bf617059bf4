using System.Data.Common;

namespace RvpServer.Directories.Local;

/// <summary>
/// One connection to the store for reading what belongs to accounts, used in turns. What another process (the command line) changes is seen
/// at the next <see cref="RefreshAsync"/>: every such write raises a counter in the store.
/// </summary>
internal sealed class AccountsReader : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Func<DbConnection> open;
    private readonly Action changed;
    private DbConnection? connection;
    private long version;
    private bool isDisposed;

    /// <param name="open">Opens a connection to the store that has the accounts.</param>
    /// <param name="changed">
    /// Called when the counter has moved: in turn, so that nothing read before the change enters a cache later; and before
    /// <see cref="Version"/> tells others to look again.
    /// </param>
    public AccountsReader(Func<DbConnection> open, Action changed)
    {
        this.open = open;
        this.changed = changed;
    }

    /// <summary>The counter as last seen.</summary>
    public long Version => Interlocked.Read(ref version);

    /// <summary>Looks now whether accounts have changed.</summary>
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

    /// <summary>Reads; throws <see cref="DirectoryException"/> where the store does not answer.</summary>
    public async Task<T> InTurnAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        try
        {
            if (isDisposed) throw new DirectoryException("The directory is closed.");
            return await work(connection ??= open());
        }
        catch (DbException failure)
        {
            // The next look-up starts with a fresh connection.
            if (connection is not null) await connection.DisposeAsync();
            connection = null;
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
        if (connection is not null) await connection.DisposeAsync();
        turn.Release();
    }
}
