using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.DataProtection;
using Rvp.Protocol;
using RvpServer.Storage;
using static RvpServer.Directories.Local.AccountRows;
using static RvpServer.Storage.Sql;

namespace RvpServer.Directories.Local;

/// <summary>
/// The write side of the local directory. A node name belongs to one account of its domain: it is the account's own name or that of an address. All methods
/// throw <see cref="AccountException"/> for operations that are not possible and <see cref="StoreException"/> when the store fails.
/// </summary>
/// <param name="database">The store that has the accounts.</param>
/// <param name="keys">Encrypt the secrets.</param>
/// <param name="makeSecrets">Makes the secrets.</param>
/// <param name="rules">Which passwords are accepted.</param>
/// <param name="limits">How many accounts a domain may have; null: any number.</param>
internal sealed class Accounts(
    IDatabase database, IDataProtectionProvider keys, SecretMaker makeSecrets, PasswordRules rules, AccountLimits? limits = null)
    : IAccounts, INotesChanges, IReadsParts
{
    private readonly SecretVault vault = new(keys);
    private readonly PasswordHistory history = new(new SecretVault(keys), rules.History);
    private Func<DbConnection, Task>? note;

    /// <inheritdoc/>
    public bool NeedsPassword => true;

    /// <inheritdoc/>
    public IAccounts Noting(Func<DbConnection, Task> note) => new Accounts(database, keys, makeSecrets, rules, limits) { note = note };

    /// <summary>Enables an account.</summary>
    public async Task<Account> AddAsync(NewAccount wanted, CancellationToken stop)
    {
        var row = Prepare(wanted);
        await WriteAsync(
            async connection =>
            {
                await InsertAsync(connection, row, stop);
                // Counted behind it: who has an account already should hear that.
                await RoomIn(connection, stop, added: 1).TakeAsync(row.Account.Domain);
            },
            stop);
        return row.Account;
    }

    /// <summary>
    /// Enables many, all or none. An error names the line. The source is read and the secrets are made before the store is locked. The accounts are written in
    /// small parts with pauses between, because a running server waits meanwhile, and are taken back if one of them cannot be written, or this process ends
    /// before: see <see cref="UnfinishedImport"/>.
    /// </summary>
    public async Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop)
    {
        var rows = new List<(int Line, AccountRow Row)>();
        try
        {
            foreach (var (line, account) in source)
            {
                stop.ThrowIfCancellationRequested();
                rows.Add((line, AtLine(line, () => Prepare(account))));
                onRead(rows.Count);
            }
            await ReadAsync(
                async connection =>
                {
                    await using var import = await UnfinishedImport.BeginAsync(database, connection, stop);
                    var room = RoomIn(connection, stop);
                    foreach (var (line, row) in rows) await AtLineAsync(line, () => room.TakeAsync(row.Account.Domain));
                    await import.WriteAsync(rows, at => AtLineAsync(at.Line, () => InsertAsync(connection, at.Row, stop)), stop);
                    await import.FinishAsync(() => note?.Invoke(connection) ?? Task.CompletedTask, stop);
                    return true;
                },
                stop);
        }
        catch (AccountException failure)
        {
            throw new AccountException(failure.Message + " Nothing was imported.", failure);
        }
        return rows.Count;
    }

    /// <summary>Deletes an account with all its addresses, its secrets and the state of its node, whatever its port was.</summary>
    public Task RemoveAsync(Account account, CancellationToken stop) =>
        WriteAsync(
            async connection =>
            {
                var id = await IdOfAsync(connection, account, stop);
                await NodeRows.DeleteAsync(connection, account.Domain, account.Name, stop);
                foreach (var table in (string[])["known_addresses", "webhooks", "push_subscriptions"])
                {
                    await ExecuteAsync(
                        connection, $"DELETE FROM {table} WHERE account = (SELECT uid FROM accounts WHERE id = @id)", stop, ("@id", id));
                }
                await ExecuteAsync(connection, "DELETE FROM accounts WHERE id = @id", stop, ("@id", id));
            },
            stop);

    /// <summary>Enables or disables it.</summary>
    public Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop) =>
        UpdateAsync(account, "enabled", isEnabled ? 1 : 0, stop);

    /// <inheritdoc/>
    public Task SetDisplayNameAsync(Account account, string name, CancellationToken stop) =>
        UpdateAsync(account, "display_name", AccountRules.CheckDisplayName(name), stop);

    /// <summary>Gives it another home server; its node's state stays on the old one.</summary>
    public Task MoveAsync(Account account, string? home, CancellationToken stop)
    {
        AccountRules.CheckHome(home);
        return UpdateAsync(account, "home", home, stop);
    }

    /// <inheritdoc/>
    public Task ForgetHistoryAsync(Account account, CancellationToken stop) =>
        WriteAsync(connection => NodeRows.DeleteAsync(connection, account.Domain, account.Name, NodeRows.History, stop), stop);

    /// <summary>Replaces the password. This is also needed to sign in with addresses that were added since the last time.</summary>
    public Task SetPasswordAsync(Account account, string password, CancellationToken stop)
    {
        rules.Check(account, password);
        return WriteAsync(
            async connection =>
            {
                // As stored now: the forms must cover every address.
                var stored = await GetAsync(connection, account, stop);
                var secrets = makeSecrets(stored.Account, password);
                await history.KeepAsync(connection, stored, secrets, stop);
                await ExecuteAsync(connection, """
                    INSERT INTO secrets (account, protected, stamp) VALUES (@id, @protected, @stamp)
                        ON CONFLICT (account) DO UPDATE SET protected = @protected, stamp = @stamp
                    """,
                    stop, ("@id", stored.Id), ("@protected", vault.Protect(stored.Account, secrets)), ("@stamp", PasswordStamp.New()));
            },
            stop);
    }

    /// <summary>Adds an address whose mail domain belongs to the account's IM domain.</summary>
    public Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop)
    {
        AccountRules.CheckName(account.Domain, address.Name);
        return WriteAsync(
            async connection =>
            {
                var id = await IdOfAsync(connection, account, stop);
                await CheckFreeAsync(connection, account.Domain, address, id, stop);
                await using var last = Command(connection, "SELECT MAX(position) FROM addresses WHERE account = @id", ("@id", id));
                var position = Convert.ToInt64(await last.ExecuteScalarAsync(stop), CultureInfo.InvariantCulture) + 1;
                await InsertAddressAsync(connection, id, position, account.Domain, address, stop);
            },
            stop);
    }

    /// <summary>Removes a further address.</summary>
    public Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop) =>
        WriteAsync(
            async connection =>
            {
                var id = await IdOfAsync(connection, account, stop);
                if (KeyOf(account.Email) == KeyOf(address.ToString()))
                {
                    throw new AccountException($"{address} is the primary address of the account: it stays.");
                }
                var removed = await ExecuteAsync(connection, "DELETE FROM addresses WHERE account = @id AND address_key = @key AND position > 0",
                    stop, ("@id", id), ("@key", KeyOf(address.ToString())));
                if (removed == 0) throw new AccountException($"{account.Email} does not have the address {address}.");
            },
            stop);

    /// <summary>All accounts by domain and name.</summary>
    public Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop) =>
        ReadAsync<IReadOnlyList<Account>>(
            async connection =>
            {
                var all = new List<Account>();
                await foreach (var stored in ReadAllAsync(connection, stop)) all.Add(stored.Account);
                return all;
            },
            stop);

    /// <inheritdoc/>
    public Task<IReadOnlyList<Account>> ReadPartAsync(AccountPart part, CancellationToken stop) =>
        ReadAsync<IReadOnlyList<Account>>(
            async connection =>
            {
                var found = new List<Account>();
                await foreach (var stored in AccountRows.ReadPartAsync(connection, part, stop)) found.Add(stored.Account);
                return found;
            },
            stop);

    /// <summary>The account with this address, otherwise the one whose node has this name in the domain; null if there is none.</summary>
    public Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop) =>
        ReadAsync(
            async connection =>
            {
                var found = await FindByAddressAsync(connection, address.ToString(), stop);
                if (found is null && domain is not null) found = await AccountRows.FindAsync(connection, domain, address.Name, stop);
                return found?.Account;
            },
            stop);

    /// <inheritdoc/>
    /// <remarks>People here are the accounts.</remarks>
    public async IAsyncEnumerable<DirectoryPerson> FindPeopleAsync(PeopleQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        if ((query.Group ?? query.Unit ?? query.Filter) is not null)
            throw new AccountException("Groups, units and filters are of an LDAP directory: Rvp:Directory:Provider is Local, whose people are its accounts.");
        var all = query.Domain is { } domain
            ? await ReadPartAsync(new AccountPart { Domains = new HashSet<string> { domain }, Text = query.Text, Max = query.Max }, stop)
            : await ListAsync(stop);
        var found = all.Where(account => query.Text is not { } text || IsIn(account, text)).Take(query.Max);
        foreach (var account in found) yield return new(account.Email, account.Name, account.DisplayName, account.Email, account, IsDisabled: false);
    }

    private static bool IsIn(Account account, string text) =>
        account.Addresses.Append(account.Name).Append(account.DisplayName).Any(name => name.Contains(text, StringComparison.OrdinalIgnoreCase));

    private AccountRow Prepare(NewAccount wanted)
    {
        if (wanted.Person is not null)
            throw new AccountException("Only an LDAP directory has people without accounts: Rvp:Directory:Provider is Local, so leave --person out.");
        AccountRules.CheckName(wanted.Domain, wanted.Address.Name);
        AccountRules.CheckHome(wanted.Home);
        var account = wanted.ToAccount();
        rules.Check(account, wanted.Password);
        account = account with { DisplayName = AccountRules.CheckDisplayName(account.DisplayName), Id = Guid.NewGuid().ToString("N") };
        return new AccountRow(account, wanted.Address, vault.Protect(account, makeSecrets(account, wanted.Password)));
    }

    private AccountRoom RoomIn(DbConnection connection, CancellationToken stop, int added = 0) => new(limits ?? AccountLimits.None, async domain =>
    {
        await using var count = Command(connection, "SELECT COUNT(*) FROM accounts WHERE domain = @domain", ("@domain", domain));
        return Convert.ToInt64(await count.ExecuteScalarAsync(stop), CultureInfo.InvariantCulture) - added;
    });

    private static async Task<long> InsertAsync(DbConnection connection, AccountRow row, CancellationToken stop)
    {
        var account = row.Account;
        await CheckFreeAsync(connection, account.Domain, row.Address, null, stop);
        await using var insert = Command(connection, """
            INSERT INTO accounts (uid, domain, name, name_key, display_name, home, enabled)
            VALUES (@uid, @domain, @name, @key, @display, @home, 1) RETURNING id
            """,
            ("@uid", account.Id), ("@domain", account.Domain), ("@name", account.Name), ("@key", KeyOf(account.Name)),
            ("@display", account.DisplayName), ("@home", account.HomeServer));
        var id = Convert.ToInt64(await insert.ExecuteScalarAsync(stop), CultureInfo.InvariantCulture);
        await InsertAddressAsync(connection, id, 0, account.Domain, row.Address, stop);
        await ExecuteAsync(connection, "INSERT INTO secrets (account, protected, stamp) VALUES (@id, @protected, @stamp)", stop,
            ("@id", id), ("@protected", row.Protected), ("@stamp", PasswordStamp.New()));
        return id;
    }

    private static Task<int> InsertAddressAsync(DbConnection connection, long id, long position, string domain, ImAddress address, CancellationToken stop) =>
        ExecuteAsync(connection, """
            INSERT INTO addresses (address_key, address, account, position, domain, name_key) VALUES (@key, @address, @id, @position, @domain, @name)
            """, stop, ("@key", KeyOf(address.ToString())), ("@address", address.ToString()), ("@id", id), ("@position", position),
            ("@domain", domain), ("@name", KeyOf(address.Name)));

    private static async Task CheckFreeAsync(DbConnection connection, string domain, ImAddress address, long? owner, CancellationToken stop)
    {
        if (await FindByAddressAsync(connection, address.ToString(), stop) is { } same)
            throw new AccountException(same.Id == owner || KeyOf(same.Account.Email) == KeyOf(address.ToString())
                ? $"{address} has an account already."
                : $"{address} is an address of {same.Account.Email} already.");
        if (await AccountRows.FindAsync(connection, domain, address.Name, stop) is { } other && other.Id != owner)
            throw new AccountException($"The name {address.Name} belongs to {other.Account.Email} in {domain} already.");
    }

    private Task UpdateAsync(Account account, string column, object? value, CancellationToken stop) =>
        WriteAsync(
            async connection =>
            {
                var id = await IdOfAsync(connection, account, stop);
                await ExecuteAsync(connection, $"UPDATE accounts SET {column} = @value WHERE id = @id", stop, ("@id", id), ("@value", value));
            },
            stop);

    private static async Task<long> IdOfAsync(DbConnection connection, Account account, CancellationToken stop) =>
        (await GetAsync(connection, account, stop)).Id;

    private static async Task<StoredAccount> GetAsync(DbConnection connection, Account account, CancellationToken stop) =>
        await AccountRows.FindAsync(connection, account.Domain, account.Name, stop)
        ?? throw new AccountException($"{account.Email} has no account any more.");

    private async Task WriteAsync(Func<DbConnection, Task> work, CancellationToken stop)
    {
        await TryAsync(
            async () =>
            {
                await WriteTransaction.RunAsync(database, NoteAndWorkAsync, stop);
                return true;
            },
            stop);

        async Task NoteAndWorkAsync(DbConnection connection)
        {
            if (note is not null) await note(connection);
            await work(connection);
            await WriteTransaction.NoteChangeAsync(connection, stop);
        }
    }

    private Task<T> ReadAsync<T>(Func<DbConnection, Task<T>> work, CancellationToken stop) => TryAsync(
        async () =>
        {
            await using var connection = await database.OpenAsync(stop);
            return await work(connection);
        },
        stop);

    private static async Task<T> TryAsync<T>(Func<Task<T>> work, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        try
        {
            return await work();
        }
        catch (DbException failure)
        {
            throw new StoreException("The accounts cannot be read or written: " + failure.Message, failure);
        }
    }

    private static T AtLine<T>(int line, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (AccountException failure)
        {
            throw Named(line, failure);
        }
    }

    private static async Task<T> AtLineAsync<T>(int line, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (AccountException failure)
        {
            throw Named(line, failure);
        }
    }

    private static AccountException Named(int line, AccountException failure) =>
        new(string.Create(CultureInfo.InvariantCulture, $"Line {line}: {failure.Message}"));

    private sealed record AccountRow(Account Account, ImAddress Address, byte[] Protected);
}
