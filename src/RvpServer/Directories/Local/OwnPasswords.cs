using System.Data;
using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using RvpServer.Storage;
using static RvpServer.Directories.Local.AccountRows;

namespace RvpServer.Directories.Local;

/// <summary>Secrets for passwords that were set here, for accounts of another directory that has none for them.</summary>
/// <param name="open">Opens a connection to the store.</param>
/// <param name="keys">Encrypt the secrets.</param>
internal sealed class OwnPasswords(Func<DbConnection> open, IDataProtectionProvider keys)
{
    private readonly SecretVault vault = new(keys);

    /// <summary>The secrets of an account; null if none were set.</summary>
    public async Task<AccountSecrets?> FindAsync(DbConnection connection, Account account, CancellationToken stop)
    {
        await using var command = Command(connection, "SELECT protected, stamp, account_id FROM own_passwords WHERE domain = @domain AND name_key = @name",
            ("@domain", account.Domain), ("@name", KeyOf(account.Name)));
        await using var row = await command.ExecuteReaderAsync(stop);
        if (!await row.ReadAsync(stop) || IsOfAnother(account, row.GetString(2))) return null;
        return vault.Unprotect(Keyed(account), (byte[])row.GetValue(0)) with { Stamp = row.GetInt64(1) };
    }

    /// <summary>Sets or replaces them. Throws <see cref="StoreException"/>.</summary>
    public Task SetAsync(Account account, AccountSecrets secrets, CancellationToken stop) => WriteAsync(
        """
        INSERT INTO own_passwords (domain, name_key, protected, account_id, stamp) VALUES (@domain, @name, @protected, @id, random())
            ON CONFLICT (domain, name_key) DO UPDATE SET protected = @protected, account_id = @id, stamp = random()
        """,
        account, vault.Protect(Keyed(account), secrets), _ => Task.CompletedTask, stop);

    /// <summary>Forgets them, and the state of the account's node with them. Throws <see cref="StoreException"/>.</summary>
    public Task RemoveAsync(Account account, CancellationToken stop) => WriteAsync(
        "DELETE FROM own_passwords WHERE domain = @domain AND name_key = @name",
        account, null, connection => NodeRows.DeleteAsync(connection, account.Domain, account.Name, stop), stop);

    private async Task WriteAsync(string sql, Account account, byte[]? secrets, Func<DbConnection, Task> more, CancellationToken stop)
    {
        try
        {
            await using var connection = open();
            await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.Serializable, stop);
            await using var command = Command(connection, sql, ("@domain", account.Domain), ("@name", KeyOf(account.Name)),
                ("@protected", secrets), ("@id", account.Id));
            await command.ExecuteNonQueryAsync(stop);
            await more(connection);
            await using var count = Command(connection, "UPDATE counters SET value = value + 1 WHERE name = 'accounts'");
            await count.ExecuteNonQueryAsync(stop);
            await transaction.CommitAsync(stop);
        }
        catch (DbException failure)
        {
            throw new StoreException("The passwords cannot be written: " + failure.Message, failure);
        }
    }

    // Set for an account that had the name before. What has no id cannot be told apart.
    private static bool IsOfAnother(Account account, string id) => id.Length > 0 && account.Id.Length > 0 && id != account.Id;

    // The directory may later write the name in other letters.
    private static Account Keyed(Account account) => account with { Name = KeyOf(account.Name) };
}
