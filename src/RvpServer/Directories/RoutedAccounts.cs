using System.Globalization;
using System.Runtime.CompilerServices;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.Directories;

/// <summary>
/// The accounts of several directories. What is of one domain goes to its directory alone; lists go over all, in the order of domain and name.
/// </summary>
/// <param name="parts">The accounts of each directory.</param>
/// <param name="shared">Those of Rvp:Directory, whose groups may have roles; null: all domains have directories of their own.</param>
/// <param name="domains">The IM domains of this process.</param>
internal sealed class RoutedAccounts(DomainTable<IAccounts> parts, IAccounts? shared, ImDomains domains) : IAccounts, IReadsParts
{
    /// <summary>Those of all directories; of a single one just its own.</summary>
    public static IAccounts Of(IReadOnlyList<(DirectorySettings Directory, IAccounts Accounts)> all, ImDomains domains) => all is [var only]
        ? only.Accounts
        : new RoutedAccounts(
            new DomainTable<IAccounts>([.. all.Select(one => (one.Accounts, one.Directory.Domains))]),
            all.FirstOrDefault(one => one.Directory.IsShared).Accounts, domains);

    /// <inheritdoc/>
    public bool NeedsPassword => parts.All.All(part => part.NeedsPassword);

    /// <inheritdoc/>
    public bool KeepsPasswordsHere => parts.All.Any(part => part.KeepsPasswordsHere);

    /// <inheritdoc/>
    public IAccounts In(string domain) => parts.Of(domain);

    /// <inheritdoc/>
    public Task<Account> AddAsync(NewAccount wanted, CancellationToken stop) => In(wanted.Domain).AddAsync(wanted, stop);

    /// <inheritdoc/>
    /// <remarks>All of one directory, or nothing would be said about what was done where.</remarks>
    public Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop)
    {
        var rows = source.ToList();
        return OfAll(rows).ImportAsync(rows, onRead, stop);
    }

    /// <summary>
    /// Those of the one directory that all rows of a file belong to. Throws <see cref="AccountException"/>, which names the first of another.
    /// </summary>
    public IAccounts OfAll(IReadOnlyList<(int Line, NewAccount Account)> rows)
    {
        if (rows.Count == 0) return parts.All[0];
        var own = In(rows[0].Account.Domain);
        if (rows.FirstOrDefault(row => In(row.Account.Domain) != own) is not { Account: { } other } stray) return own;
        throw new AccountException(string.Create(CultureInfo.InvariantCulture, $"Line {stray.Line}: {other.Domain} has another directory than ")
            + $"{rows[0].Account.Domain}: import its people from a file of their own. Nothing was imported.");
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop)
    {
        var all = new List<Account>();
        foreach (var part in parts.All) all.AddRange((await part.ListAsync(stop)).Where(account => In(account.Domain) == part));
        return [.. all.OrderBy(account => account.Domain, StringComparer.Ordinal).ThenBy(account => account.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public async Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop)
    {
        if ((domain ?? domains.FindFor(address)?.Name) is { } known && await FindInAsync(In(known), address, domain, stop) is { } found) return found;
        if (domain is not null) return null;
        // An account in the store may have an address of any mail domain.
        foreach (var part in parts.All.Where(part => part.NeedsPassword))
            if (await FindInAsync(part, address, null, stop) is { } other) return other;
        return null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DirectoryPerson> FindPeopleAsync(PeopleQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        var isOfLdap = (query.Group ?? query.Unit ?? query.Filter) is not null;
        // What roles are given by is the provider's affair: nobody gets one through a group of a directory that an organisation runs itself.
        if (isOfLdap && shared is null) throw new AccountException("Each IM domain has a directory of its own here: name one with --domain.");
        var left = query.Max;
        foreach (var part in isOfLdap ? [shared!] : parts.All)
        {
            await foreach (var person in part.FindPeopleAsync(query with { Max = left }, stop))
            {
                if (person.Account is { } account && In(account.Domain) != part) continue;
                yield return person;
                if (--left == 0) yield break;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ReadPartAsync(AccountPart part, CancellationToken stop)
    {
        var found = new List<Account>();
        foreach (var one in parts.All)
        {
            var own = domains.All.Select(domain => domain.Name).Where(name => In(name) == one && part.Domains?.Contains(name) != false).ToHashSet();
            if (own.Count > 0) found.AddRange(await (part with { Domains = own }).ReadAsync(one, stop));
        }
        return [.. AccountPart.InOrder(found).Take(part.Max)];
    }

    /// <inheritdoc/>
    public Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop) => In(account.Domain).SetEnabledAsync(account, isEnabled, stop);

    /// <inheritdoc/>
    public Task RemoveAsync(Account account, CancellationToken stop) => In(account.Domain).RemoveAsync(account, stop);

    /// <inheritdoc/>
    public Task ForgetHistoryAsync(Account account, CancellationToken stop) => In(account.Domain).ForgetHistoryAsync(account, stop);

    /// <inheritdoc/>
    public Task SetPasswordAsync(Account account, string password, CancellationToken stop) => In(account.Domain).SetPasswordAsync(account, password, stop);

    /// <inheritdoc/>
    public Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop) => In(account.Domain).AddAddressAsync(account, address, stop);

    /// <inheritdoc/>
    public Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop) =>
        In(account.Domain).RemoveAddressAsync(account, address, stop);

    /// <inheritdoc/>
    public Task MoveAsync(Account account, string? home, CancellationToken stop) => In(account.Domain).MoveAsync(account, home, stop);

    private async Task<Account?> FindInAsync(IAccounts part, ImAddress address, string? domain, CancellationToken stop) =>
        await part.FindAsync(address, domain, stop) is { } found && In(found.Domain) == part ? found : null;
}
