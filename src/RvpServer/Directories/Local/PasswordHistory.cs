using System.Data.Common;
using System.Security.Cryptography;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>
/// Keeps what was stored for an account's earlier passwords, so that they do not come back. It is protected like those in use, and goes with the account.
/// </summary>
/// <param name="vault">Reads what was stored.</param>
/// <param name="length">How many passwords must differ, the one in use among them; 0: any may come back.</param>
internal sealed class PasswordHistory(SecretVault vault, int length)
{
    /// <summary>
    /// Before the secrets of an account are replaced, in the same transaction: throws <see cref="AccountException"/> if the new ones are of one of the last
    /// passwords, else keeps those in use.
    /// </summary>
    public async Task KeepAsync(DbConnection connection, StoredAccount stored, AccountSecrets next, CancellationToken stop)
    {
        if (length == 0) return;
        var earlier = await ReadAsync(connection, stored.Id, stop);
        if (earlier.Any(secrets => IsSame(vault.Unprotect(stored.Account, secrets), next)))
            throw new AccountException(length == 1 ? "The password is the old one." : $"The password is one of the last {length} of this account.");
        await ExecuteAsync(connection, """
            INSERT INTO old_secrets (account, number, protected)
            SELECT account, (SELECT COALESCE(MAX(number), 0) + 1 FROM old_secrets o WHERE o.account = @id), protected FROM secrets WHERE account = @id
            """, stop, ("@id", stored.Id));
        await ExecuteAsync(connection, """
            DELETE FROM old_secrets WHERE account = @id AND number <= (SELECT MAX(number) FROM old_secrets o WHERE o.account = @id) - @kept
            """, stop, ("@id", stored.Id), ("@kept", length - 1));
    }

    private async Task<IReadOnlyList<byte[]>> ReadAsync(DbConnection connection, long account, CancellationToken stop)
    {
        await using var command = Command(connection, """
            SELECT protected FROM (SELECT protected, 2147483647 AS number FROM secrets WHERE account = @id
                UNION ALL SELECT protected, number FROM old_secrets WHERE account = @id) passwords
            ORDER BY number DESC LIMIT @length
            """, ("@id", account), ("@length", length));
        await using var row = await command.ExecuteReaderAsync(stop);
        var found = new List<byte[]>();
        while (await row.ReadAsync(stop)) found.Add((byte[])row.GetValue(0));
        return found;
    }

    // The NT hash alone depends on nothing but the password.
    private static bool IsSame(AccountSecrets one, AccountSecrets other) =>
        one.NtHash is { } hash && other.NtHash is { } next && CryptographicOperations.FixedTimeEquals(hash, next);
}
