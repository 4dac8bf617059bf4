using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;

namespace RvpServer.Administration;

/// <summary>
/// The accounts as one administrator may see and change them. Each change is noted in the audit log: in the same transaction where the accounts are in the
/// store, otherwise right after, with its outcome. Besides what <see cref="IAccounts"/> throws, all throw <see cref="NotAllowedException"/>.
/// </summary>
/// <param name="accounts">All accounts.</param>
/// <param name="store">Where roles and audit log are.</param>
/// <param name="lookup">Finds the roles of the accounts.</param>
/// <param name="audit">The audit log.</param>
/// <param name="domains">The IM domains of this process.</param>
/// <param name="send">Moves people between processes.</param>
/// <param name="who">The administrator.</param>
/// <param name="expected">The <see cref="AccountVersion"/> that the account must have; null: any.</param>
internal sealed class AdministeredAccounts(
    IAccounts accounts, AdminStore store, RoleLookup lookup, AuditLog audit, ImDomains domains, SendPerson send, Administrator who,
    string? expected)
    : IAccounts, IReadsParts
{
    /// <inheritdoc/>
    public bool NeedsPassword => accounts.NeedsPassword;

    /// <inheritdoc/>
    public bool KeepsPasswordsHere => accounts.KeepsPasswordsHere;

    /// <inheritdoc/>
    public IAccounts In(string domain) => new AdministeredAccounts(accounts.In(domain), store, lookup, audit, domains, send, who, expected);

    /// <inheritdoc/>
    public Task<Account> AddAsync(NewAccount wanted, CancellationToken stop)
    {
        var after = new { wanted.Domain, wanted.DisplayName, wanted.Home, wanted.Person };
        var entry = Entry("account.add", wanted.Address.ToString(), wanted.Domain, null, after);
        return ChangeAsync(entry, null, changing => changing.AddAsync(wanted, stop), stop);
    }

    /// <inheritdoc/>
    public async Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop)
    {
        var counts = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var rows = source.Select(row =>
        {
            who.Require(AdminRole.Administrator, row.Account.Domain);
            counts[row.Account.Domain] = counts.GetValueOrDefault(row.Account.Domain) + 1;
            return row;
        });
        var own = accounts;
        if (accounts is RoutedAccounts routed)
        {
            var all = rows.ToList();
            (rows, own) = (all, routed.OfAll(all));
        }
        if (own is INotesChanges noting)
        {
            return await noting.Noting(async connection =>
            {
                foreach (var entry in Entries()) await audit.AddAsync(connection, entry);
            }).ImportAsync(rows, onRead, stop);
        }
        try
        {
            var done = await own.ImportAsync(rows, onRead, stop);
            foreach (var entry in Entries()) await audit.AddAsync(entry);
            return done;
        }
        catch (Exception failure) when (failure is AccountException or DirectoryException)
        {
            foreach (var entry in Entries()) await audit.AddAsync(entry with { Outcome = AuditOutcome.Failed, Reason = failure.Message });
            throw;
        }

        IEnumerable<AuditEntry> Entries() => counts.Select(
            count => Entry("account.import", string.Create(CultureInfo.InvariantCulture, $"{count.Value} accounts"), count.Key, null, null));
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop)
    {
        var all = await accounts.ListAsync(stop);
        return who.Domains is null ? all : [.. all.Where(CanSee)];
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ReadPartAsync(AccountPart part, CancellationToken stop)
    {
        if (who.Domains is { } mine) part = part with { Domains = part.Domains is { } asked ? mine.Where(asked.Contains).ToHashSet() : mine };
        if (part.Domains is { Count: 0 }) return [];
        return await part.ReadAsync(accounts, stop);
    }

    /// <inheritdoc/>
    public async Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop)
    {
        // The domain of an address is no secret; whether somebody there has it, is.
        if (domain is not null) who.Require(AdminRole.ViewOnly, domain);
        return await accounts.FindAsync(address, domain, stop) is { } found && CanSee(found) ? found : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DirectoryPerson> FindPeopleAsync(
        PeopleQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        var left = query.Max;
        // How many of them this administrator may see only shows here.
        if (who.Domains is not null) query = query with { Max = int.MaxValue };
        await foreach (var person in accounts.FindPeopleAsync(query, stop))
        {
            if (!CanSee(person)) continue;
            yield return person;
            if (--left == 0) yield break;
        }
    }

    /// <inheritdoc/>
    public Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop) =>
        ChangeAsync(
            Entry(isEnabled ? "account.enable" : "account.disable", account, new { Enabled = account.IsEnabled }, new { Enabled = isEnabled }), account,
            changing => changing.SetEnabledAsync(account, isEnabled, stop), stop, ends: !isEnabled);

    /// <inheritdoc/>
    public Task RemoveAsync(Account account, CancellationToken stop)
    {
        var before = new { account.DisplayName, account.Addresses, Home = account.HomeServer, Enabled = account.IsEnabled };
        return ChangeAsync(Entry("account.remove", account, before, null), account, changing => changing.RemoveAsync(account, stop), stop, ends: true,
            also: connection => GrantRows.DeleteAsync(connection, account.Key));
    }

    /// <inheritdoc/>
    public Task SetPasswordAsync(Account account, string password, CancellationToken stop) =>
        ChangeAsync(Entry("account.password", account, null, null), account, changing => changing.SetPasswordAsync(account, password, stop), stop);

    /// <inheritdoc/>
    public Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop) =>
        ChangeAsync(
            Entry("account.alias", account, new { account.Addresses }, new { Addresses = account.Addresses.Append(address.ToString()) }), account,
            changing => changing.AddAddressAsync(account, address, stop), stop);

    /// <inheritdoc/>
    public Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop)
    {
        var left = account.Addresses.Where(other => !other.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase));
        return ChangeAsync(
            Entry("account.alias", account, new { account.Addresses }, new { Addresses = left }), account,
            changing => changing.RemoveAddressAsync(account, address, stop), stop);
    }

    /// <inheritdoc/>
    public Task ForgetHistoryAsync(Account account, CancellationToken stop) =>
        ChangeAsync(Entry("account.forget-history", account, null, null), account, changing => changing.ForgetHistoryAsync(account, stop), stop);

    /// <inheritdoc/>
    public Task MoveAsync(Account account, string? home, CancellationToken stop) =>
        ChangeAsync(
            Entry("account.move", account, new { Home = account.HomeServer }, new { Home = home }), account,
            changing => new PersonMove(changing, domains, send).MoveAsync(account, home, stop), stop);

    // Who has no account is of the domain whose address they would have.
    private bool CanSee(DirectoryPerson person) => who.Domains is null
        || (person.Account is { } account
            ? CanSee(account)
            : ImAddress.TryParse(person.Mail, out var mail) && who.Has(AdminRole.ViewOnly, domains.FindFor(mail)?.Name));

    private bool CanSee(Account account) => who.Has(AdminRole.ViewOnly, account.Domain);

    private AuditEntry Entry(string action, Account account, object? before, object? after) => Entry(action, account.Email, account.Domain, before, after);

    private AuditEntry Entry(string action, string target, string domain, object? before, object? after) =>
        AuditEntry.Of(who, action, target, domain, before, after);

    private Task<bool> ChangeAsync(
        AuditEntry entry, Account account, Func<IAccounts, Task> change, CancellationToken stop, bool ends = false, Func<DbConnection, Task>? also = null) =>
        ChangeAsync<bool>(
            entry, account,
            async changing =>
            {
                await change(changing);
                return true;
            },
            stop, ends, also);

    private async Task<T> ChangeAsync<T>(
        AuditEntry entry, Account? account, Func<IAccounts, Task<T>> change, CancellationToken stop, bool ends = false, Func<DbConnection, Task>? also = null)
    {
        who.Require(AdminRole.Administrator, entry.Domain);
        if (account is not null) who.RequireReach(await lookup.FindAsync(account, stop));
        var own = accounts.In(entry.Domain ?? "");
        if (own is INotesChanges noting)
        {
            return await change(noting.Noting(async connection =>
            {
                if (account is not null)
                {
                    var now = (await AccountRows.FindAsync(connection, account.Domain, account.Name, stop))?.Account;
                    await CheckAsync(connection, account, now, ends);
                }
                if (also is not null) await also(connection);
                await audit.AddAsync(connection, entry);
            }));
        }
        if (account is not null)
        {
            var now = ImAddress.TryParse(account.Email, out var address) ? await own.FindAsync(address, account.Domain, stop) : null;
            await store.WriteAsync(connection => CheckAsync(connection, account, now, ends));
        }
        return await ChangeElsewhereAsync(entry, own, change, also);
    }

    // In a directory on the network; the log says afterwards what came of it.
    private async Task<T> ChangeElsewhereAsync<T>(AuditEntry entry, IAccounts own, Func<IAccounts, Task<T>> change, Func<DbConnection, Task>? also)
    {
        try
        {
            var result = await change(own);
            await store.WriteAsync(async connection =>
            {
                if (also is not null) await also(connection);
                await audit.AddAsync(connection, entry);
            });
            return result;
        }
        catch (Exception failure) when (failure is AccountException or DirectoryException)
        {
            await audit.AddAsync(entry with { Outcome = AuditOutcome.Failed, Reason = failure.Message });
            throw;
        }
    }

    private async Task CheckAsync(DbConnection connection, Account account, Account? now, bool ends)
    {
        if (expected is not null && (now is null || AccountVersion.Of(now) != expected))
            throw new ChangedMeanwhileException(now, await AuditLog.FindLastAsync(connection, account.Email));
        if (ends) await Roles.RequireOtherFullAsync(connection, await GrantRows.ReadAsync(connection, GrantKind.Account, account.Key));
    }
}
