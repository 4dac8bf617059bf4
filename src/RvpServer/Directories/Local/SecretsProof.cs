using System.Data.Common;
using RvpServer.Storage;
using static RvpServer.Directories.Local.AccountRows;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>Throws <see cref="DirectoryException"/> or <see cref="StoreException"/> if passwords that the store has cannot be read.</summary>
internal delegate Task ProveSecrets(CancellationToken stop);

/// <summary>
/// Proves that people can sign in: reads one account's secrets from the store and decrypts them with the keys that are there now. A server that has the
/// keys in memory would not notice until its next start that they are gone.
/// </summary>
/// <param name="database">The store.</param>
/// <param name="dataDirectory">Where its keys are, if it is a file.</param>
internal sealed class SecretsProof(IDatabase database, string dataDirectory)
{
    /// <summary>See <see cref="ProveSecrets"/>.</summary>
    public async Task ProveAsync(CancellationToken stop)
    {
        try
        {
            await using var connection = await database.OpenAsync(stop);
            if (await FindAsync(connection, stop) is var (account, secrets))
                new SecretVault(SecretVault.OpenExistingKeys(database, dataDirectory)).Unprotect(account, secrets);
        }
        catch (DbException failure)
        {
            throw new StoreException("The secrets of accounts cannot be read: " + failure.Message, failure);
        }
    }

    private static async Task<(Account Account, byte[] Secrets)?> FindAsync(DbConnection connection, CancellationToken stop)
    {
        if (await FindWithSecretsAsync(connection, stop) is { Account: var account }
            && await ReadSecretsAsync(connection, account.Domain, account.Name, stop) is { } stored) return (account, stored.Protected);
        await using var command = Command(connection, "SELECT domain, name_key, protected FROM own_passwords ORDER BY domain, name_key LIMIT 1");
        await using var row = await command.ExecuteReaderAsync(stop);
        if (!await row.ReadAsync(stop)) return null;
        var (domain, name) = (row.GetString(0), row.GetString(1));
        return (new Account(domain, name, name, name, [], null, IsEnabled: true), (byte[])row.GetValue(2));
    }
}
