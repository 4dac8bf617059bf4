using System.Data.Common;
using RvpServer.Storage;

namespace RvpServer.Administration;

/// <summary>Transactions on the store that has roles and the audit log. All methods throw <see cref="StoreException"/> when it fails.</summary>
/// <param name="database">Where they are.</param>
internal sealed class AdminStore(IDatabase database)
{
    /// <summary>Reads.</summary>
    public Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work) => TryAsync(async () =>
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        return await work(connection);
    });

    /// <summary>Writes, all or nothing.</summary>
    public Task WriteAsync(Func<DbConnection, Task> work) => TryAsync(async () =>
    {
        await WriteTransaction.RunAsync(database, work, CancellationToken.None);
        return true;
    });

    private static async Task<T> TryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DbException failure)
        {
            throw new StoreException("Roles and the audit log cannot be read or written: " + failure.Message, failure);
        }
    }
}
