using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories.Local;
using RvpServer.Domains;

namespace RvpServer.Directories.Ldap;

/// <summary>
/// Accounts of an LDAP directory as administrators see them: the IM attributes of people whom the directory has anyway, and passwords of our own
/// where it has nothing to prove one with. What only the directory's own tools can do is refused with a word on what to change there.
/// </summary>
internal sealed class DirectoryAccounts(
    LdapAccounts people, IReadOnlyList<ImDomain> domains, LdapAttributeOptions names, OwnPasswords passwords, SecretMaker makeSecrets) : IAccounts
{
    /// <inheritdoc/>
    public bool NeedsPassword => false;

    /// <inheritdoc/>
    public async Task<Account> AddAsync(NewAccount wanted, CancellationToken stop)
    {
        AccountRules.CheckName(wanted.Domain, wanted.Address.Name);
        if (wanted.DisplayName is not null) throw new AccountException($"The shown name is the directory's: change {names.DisplayName} there.");
        if (wanted.Password is not null) AccountRules.CheckPassword(wanted.Password);
        if (people.DomainOf(wanted.Address)?.Name is { } domain && domain != wanted.Domain) throw new AccountException($"{wanted.Address} is an address of {domain}: --domain cannot change that.");
        var account = await TryAsync(() => people.EnableAsync(wanted.Address.ToString(), wanted.Address, HostOf(wanted.Domain, wanted.Home), stop));
        if (wanted.Password is not null) await SetPasswordAsync(account, wanted.Password, stop);
        return account;
    }

    /// <inheritdoc/>
    public Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop) =>
        throw new AccountException("Accounts of an LDAP directory cannot be imported: it knows no change that is made for all or for none. Enable them one by one with user add.");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop)
    {
        var all = new List<Account>();
        await TryAsync(async () =>
        {
            await foreach (var account in people.ListAsync(stop)) all.Add(account);
            return all;
        });
        return [.. all.OrderBy(account => account.Domain, StringComparer.Ordinal).ThenBy(account => account.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop) => TryAsync(() => people.FindAsync(address, domain, stop));

    /// <inheritdoc/>
    public Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop) => TryAsync(async () =>
    {
        if (!isEnabled) await people.DisableAsync(account.Email, stop);
        else if (ImAddress.TryParse(account.Email, out var address)) await people.EnableAsync(account.Email, address, HostOf(account.Domain, account.HomeServer), stop);
        return isEnabled;
    });

    /// <inheritdoc/>
    /// <remarks>The person stays in the directory.</remarks>
    public async Task RemoveAsync(Account account, CancellationToken stop)
    {
        await SetEnabledAsync(account, false, stop);
        await passwords.RemoveAsync(account, stop);
    }

    /// <inheritdoc/>
    public Task SetPasswordAsync(Account account, string password, CancellationToken stop)
    {
        AccountRules.CheckPassword(password);
        return passwords.SetAsync(account, makeSecrets(account, password), stop);
    }

    /// <inheritdoc/>
    public Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop) => throw AddressesAreTheirs();

    /// <inheritdoc/>
    public Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop) => throw AddressesAreTheirs();

    /// <inheritdoc/>
    public Task MoveAsync(Account account, string? home, CancellationToken stop) => TryAsync(() => people.MoveAsync(account.Email, HostOf(account.Domain, home), stop));

    private AccountException AddressesAreTheirs() => new($"The addresses of this account are the directory's: change {names.ImAddress} there.");

    // Entries name home servers by host; no home means the domain's first here.
    private string HostOf(string domain, string? home)
    {
        var homes = domains.FirstOrDefault(other => other.Name == domain)?.Homes ?? [];
        if (home is null) return homes.Count > 0 ? homes[0].PublicHost.ToString() : throw new AccountException($"{domain} has no home server here: name a host elsewhere with --home.");
        return homes.FirstOrDefault(other => other.Name.Equals(home, StringComparison.OrdinalIgnoreCase))?.PublicHost.ToString() ?? home;
    }

    private static async Task<T> TryAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (AccountChangeException refused)
        {
            throw new AccountException(refused.Message, refused);
        }
    }
}
