using System.Data.Common;
using Microsoft.AspNetCore.DataProtection;
using RvpServer.Storage;
using static RvpServer.Directories.Local.AccountRows;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>Secrets for passwords that were set here, for accounts of another directory that has none for them.</summary>
/// <param name="database">The store.</param>
/// <param name="keys">Encrypt the secrets.</param>
internal sealed class OwnPasswords(IDatabase database, IDataProtectionProvider keys)
{
    private readonly SecretVault vault = new(keys);

    /// <summary>The secrets of an account; null if none were set.</summary>
    public async Task<AccountSecrets?> FindAsync(DbConnection connection, Account account, CancellationToken stop)
    {
        await using var command = Command(connection, "SELECT protected, stamp, account_id FROM own_passwords WHERE domain = @domain AND name_key = @name",
            ("@domain", account.Domain), ("@name", KeyOf(account.Name)));
        await using var row = await command.ExecuteReaderAsync(stop);
        if (!await row.ReadAsync(stop) || IsOfAnother(account, row.GetString(2))) return null;
        return vault.Unprotect(Keyed(account), (byte[])row.GetValue(0)) with { Stamp = row.GetInt64(1), Owner = account.Id };
    }

    /// <summary>Whether there are any. Throws <see cref="StoreException"/>.</summary>
    public async Task<bool> HasAsync(Account account, CancellationToken stop)
    {
        try
        {
            await using var connection = await database.OpenAsync(stop);
            return await FindAsync(connection, account, stop) is not null;
        }
        catch (DbException failure)
        {
            throw new StoreException("The passwords cannot be read: " + failure.Message, failure);
        }
    }

    /// <summary>Sets or replaces them. This and the following throw <see cref="StoreException"/>, and a running server looks accounts up again.</summary>
    public Task SetAsync(Account account, AccountSecrets secrets, CancellationToken stop) =>
        KeepAsync(account, secrets with { Stamp = PasswordStamp.New() }, stop);

    /// <summary>Sets those that another home server had, with their stamp.</summary>
    public Task KeepAsync(Account account, AccountSecrets secrets, CancellationToken stop)
    {
        var stored = vault.Protect(Keyed(account), secrets);
        return ChangeAsync(
            connection => ExecuteAsync(
                connection, """
                INSERT INTO own_passwords (domain, name_key, protected, account_id, stamp) VALUES (@domain, @name, @protected, @id, @stamp)
                    ON CONFLICT (domain, name_key) DO UPDATE SET protected = @protected, account_id = @id, stamp = @stamp
                """,
                stop, ("@domain", account.Domain), ("@name", KeyOf(account.Name)), ("@protected", stored), ("@id", account.Id), ("@stamp", secrets.Stamp)),
            stop);
    }

    /// <summary>Forgets them alone: another password counts from now on, or another home server has them.</summary>
    public Task ForgetAsync(Account account, CancellationToken stop) => ChangeAsync(connection => DeleteAsync(connection, account, stop), stop);

    /// <summary>Forgets them, and the state of the account's node with them.</summary>
    public Task RemoveAsync(Account account, CancellationToken stop) =>
        ChangeAsync(
            async connection =>
            {
                await DeleteAsync(connection, account, stop);
                await NodeRows.DeleteAsync(connection, account.Domain, account.Name, stop);
                foreach (var table in (string[])["webhooks", "push_subscriptions"])
                    await ExecuteAsync(connection, $"DELETE FROM {table} WHERE account = @account", stop, ("@account", account.Key));
            },
            stop);

    /// <summary>Deletes the messages that are kept as its history here.</summary>
    public Task ForgetHistoryAsync(Account account, CancellationToken stop) =>
        ChangeAsync(connection => NodeRows.DeleteAsync(connection, account.Domain, account.Name, NodeRows.History, stop), stop);

    /// <summary>Nothing here, but the directory has changed.</summary>
    public Task NoteChangeAsync(CancellationToken stop) => ChangeAsync(_ => Task.CompletedTask, stop);

    private static Task<int> DeleteAsync(DbConnection connection, Account account, CancellationToken stop) =>
        ExecuteAsync(connection, "DELETE FROM own_passwords WHERE domain = @domain AND name_key = @name", stop,
            ("@domain", account.Domain), ("@name", KeyOf(account.Name)));

    private async Task ChangeAsync(Func<DbConnection, Task> work, CancellationToken stop)
    {
        try
        {
            await WriteTransaction.RunAsync(
                database,
                async connection =>
                {
                    await work(connection);
                    await WriteTransaction.NoteChangeAsync(connection, stop);
                },
                stop);
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
