using System.Data.Common;

namespace RvpServer.Storage;

/// <summary>
/// Transactions that write accounts and roles, one after the other, also of several processes: what one has read is true until it is committed. SQLite lets
/// only one write anyway; PostgreSQL's all lock the same row first, and see what the one before has left.
/// </summary>
internal static class WriteTransaction
{
    private const int Attempts = 3;

    /// <summary>
    /// Does all of the work or nothing. It is done again where the database has undone it because somebody else's transaction, one of a node, was in its way.
    /// Throws <see cref="DbException"/>.
    /// </summary>
    public static async Task RunAsync(IDatabase database, Func<DbConnection, Task> work, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var transaction = await BeginAsync(connection, stop);
                await work(connection);
                await transaction.CommitAsync(stop);
                return;
            }
            catch (DbException failure) when (attempt < Attempts && IsUndone(failure))
            {
                // Serialization failure or deadlock: nothing of it was written.
            }
        }
    }

    /// <summary>Begins one on a connection of the caller's.</summary>
    public static async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken stop)
    {
        var transaction = await connection.BeginTransactionAsync(stop);
        try
        {
            await Sql.ExecuteAsync(connection, "UPDATE counters SET value = value WHERE name = 'accounts'", stop);
            return transaction;
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>In the transaction: accounts have changed, so whoever keeps some in memory looks again.</summary>
    public static Task NoteChangeAsync(DbConnection connection, CancellationToken stop) =>
        Sql.ExecuteAsync(connection, "UPDATE counters SET value = value + 1 WHERE name = 'accounts'", stop);

    private static bool IsUndone(DbException failure) => failure.SqlState is "40001" or "40P01";
}
