using System.Data;
using System.Data.Common;
using RvpServer.Storage;

namespace RvpServer.Administration;

/// <summary>Transactions on the store that has roles and the audit log. All methods throw <see cref="StoreException"/> when it fails.</summary>
/// <param name="open">Opens a connection to it.</param>
internal sealed class AdminStore(Func<DbConnection> open)
{
    /// <summary>Reads.</summary>
    public async Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work)
    {
        try
        {
            await using var connection = open();
            return await work(connection);
        }
        catch (DbException failure)
        {
            throw new StoreException("Roles and the audit log cannot be read or written: " + failure.Message, failure);
        }
    }

    /// <summary>Writes, all or nothing.</summary>
    public Task WriteAsync(Func<DbConnection, Task> work) => ReadAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable);
        await work(connection);
        await transaction.CommitAsync();
        return true;
    });
}
