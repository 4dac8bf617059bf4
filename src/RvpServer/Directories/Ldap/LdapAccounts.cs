using Rvp.Ldap;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Directories.Local;
using RvpServer.Domains;

namespace RvpServer.Directories.Ldap;

/// <summary>
/// Accounts of an LDAP directory for administrators: the IM attributes of people that the directory already has, and passwords set here if the directory has no
/// secrets. What only the directory's own tools can do is refused with advice on what to change there.
/// </summary>
internal sealed class LdapAccounts : IAccounts
{
    private readonly LdapAccountSettings settings;
    private readonly LdapAttributeOptions names;
    private readonly LdapAccountMap map;
    private readonly LdapEntries entries;
    private readonly LdapPeople people;
    private readonly OwnPasswords own;
    private readonly LdapPasswords passwords;
    private readonly SecretMaker makeSecrets;
    private readonly PasswordRules rules;
    private readonly TimeProvider time;
    private readonly AccountLimits limits;

    /// <param name="client">The directory, signed in as who may write.</param>
    /// <param name="settings">Where the accounts are.</param>
    /// <param name="domains">The IM domains of this process.</param>
    /// <param name="own">The passwords in the store; every change is noted there, so that a running server looks again.</param>
    /// <param name="makeSecrets">Makes the secrets.</param>
    /// <param name="rules">Which passwords are accepted.</param>
    /// <param name="time">Says who has expired.</param>
    /// <param name="limits">How many accounts a domain may have; null: any number.</param>
    public LdapAccounts(
        LdapClient client, LdapAccountSettings settings, IReadOnlyList<ImDomain> domains, OwnPasswords own, SecretMaker makeSecrets, PasswordRules rules,
        TimeProvider time, AccountLimits? limits = null)
    {
        this.settings = settings;
        names = settings.Attributes;
        map = new LdapAccountMap(settings, domains);
        entries = new LdapEntries(client, settings);
        people = new LdapPeople(entries, settings, map, time);
        this.own = own;
        passwords = new LdapPasswords(entries, settings, own);
        this.makeSecrets = makeSecrets;
        this.rules = rules;
        this.time = time;
        this.limits = limits ?? AccountLimits.None;
    }

    /// <inheritdoc/>
    public bool NeedsPassword => false;

    /// <inheritdoc/>
    public bool KeepsPasswordsHere => !passwords.AreShared;

    /// <inheritdoc/>
    public async Task<Account> AddAsync(NewAccount wanted, CancellationToken stop)
    {
        Check(wanted);
        var (entry, account) = await EnableAsync(wanted, Room(stop), stop);
        if (wanted.Password is not null) await SetPasswordAsync(entry, account, wanted.Password, stop);
        return account;
    }

    /// <inheritdoc/>
    /// <remarks>A password is set for those only who have none: people may have changed theirs since the first time.</remarks>
    public Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop)
    {
        var room = Room(stop);
        return LdapImport.RunAsync(source, Check, wanted => EnsureAsync(wanted, room, stop), onRead, stop);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop)
    {
        var all = new List<Account>();
        var filter = LdapFilter.And(settings.UserFilter, LdapFilter.Or(LdapFilter.Present(names.ImAddress), LdapFilter.Present(names.LogicalUrl)));
        await foreach (var entry in entries.ReadAllAsync(settings.BaseDn, filter, map.Attributes, stop))
            if (map.DomainOf(entry) is { } domain && map.ToAccount(entry, domain, time.GetUtcNow(), out _) is { } account) all.Add(account);
        return [.. all.OrderBy(account => account.Domain, StringComparer.Ordinal).ThenBy(account => account.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<DirectoryPerson> FindPeopleAsync(PeopleQuery query, CancellationToken stop) => people.FindAllAsync(query, stop);

    /// <inheritdoc/>
    /// <remarks>A person with that mail address but without an account is returned as an account that is not enabled.</remarks>
    public async Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop)
    {
        if ((domain is null ? map.FindDomainOf(address) : map.FindDomain(domain)) is not { } imDomain) return null;
        if (await FindEntryAsync(imDomain, address.Name, address.ToString(), stop) is not { } entry) return null;
        return AccountOf(entry, imDomain)
            ?? new Account(imDomain.Name, address.Name, entry.Text(names.DisplayName) ?? address.Name, address.ToString(), [address.ToString()], null,
                IsEnabled: false)
            { Id = map.IdOf(entry) };
    }

    /// <inheritdoc/>
    /// <remarks>Whoever never had an account, or lost it by hand, is enabled as by <see cref="AddAsync"/>.</remarks>
    public async Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop)
    {
        var entry = await GetEntryAsync(account, stop);
        if (isEnabled) DemandIsNotShutOut(entry);
        if (isEnabled && !map.HasAccount(entry) && ImAddress.TryParse(account.Email, out var address))
        {
            await DemandIsFreeAsync(address, GetDomain(account), entry, stop);
            await Room(stop).TakeAsync(account.Domain);
            await WriteAsync(entry, address, GetDomain(account), account.HomeServer, stop);
        }
        else if (map.HasAccount(entry) && map.IsMarked(entry) == isEnabled) await entries.ChangeAsync(entry.Dn, [map.Marking(entry, isEnabled)], stop);
        await own.NoteChangeAsync(stop);
    }

    /// <inheritdoc/>
    /// <remarks>The person stays in the directory.</remarks>
    public async Task RemoveAsync(Account account, CancellationToken stop)
    {
        string[] written = [names.ImAddress, names.LogicalUrl, names.PhysicalUrl, .. new[] { names.Secrets }.OfType<string>()];
        await entries.ChangeAsync((await GetEntryAsync(account, stop)).Dn, [.. written.Select(name => new LdapModification(name, []))], stop);
        await own.RemoveAsync(account, stop);
    }

    /// <inheritdoc/>
    public async Task SetPasswordAsync(Account account, string password, CancellationToken stop)
    {
        rules.Check(account, password);
        var entry = await GetEntryAsync(account, stop);
        // As it is now: the forms must cover every address.
        await SetPasswordAsync(entry, AccountOf(entry, GetDomain(account)) ?? account, password, stop);
        await own.NoteChangeAsync(stop);
    }

    /// <inheritdoc/>
    public async Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop)
    {
        AccountRules.CheckName(account.Domain, address.Name);
        var entry = await GetEntryAsync(account, stop);
        await DemandIsFreeAsync(address, GetDomain(account), entry, stop);
        if (Has(entry, address)) throw new AccountException($"{address} has an account already.");
        await entries.ChangeAsync(entry.Dn, [new(names.ImAddress, [address.ToString()], LdapChange.Add)], stop);
        if (!Has(await ReadAsync(entry.Dn, stop), address))
            throw new AccountException($"{address} was not taken: Active Directory's {names.ImAddress} has room for one address.");
        await own.NoteChangeAsync(stop);
    }

    /// <inheritdoc/>
    public Task ForgetHistoryAsync(Account account, CancellationToken stop) => own.ForgetHistoryAsync(account, stop);

    /// <inheritdoc/>
    public async Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop)
    {
        var entry = await GetEntryAsync(account, stop);
        if (address.ToString().Equals(account.Email, StringComparison.OrdinalIgnoreCase))
            throw new AccountException($"{address} is the primary address of the account: it stays.");
        var stored = entry.Texts(names.ImAddress).Where(text => text.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase)).ToList();
        if (stored.Count == 0) throw new AccountException($"{account.Email} does not have the address {address}.");
        await entries.ChangeAsync(entry.Dn, [new(names.ImAddress, stored, LdapChange.Delete)], stop);
        await own.NoteChangeAsync(stop);
    }

    /// <inheritdoc/>
    public async Task MoveAsync(Account account, string? home, CancellationToken stop)
    {
        var entry = await GetEntryAsync(account, stop);
        if (map.DomainOf(entry) is not { } domain || AccountOf(entry, domain) is not { } stored)
            throw new AccountException($"{entry.Dn} is not enabled for instant messaging");
        await entries.ChangeAsync(entry.Dn, [map.Homing(entry, UrlsOf(domain, stored.Name, home).Physical)], stop);
        await own.NoteChangeAsync(stop);
    }

    /// <summary>What an entry says of where its account lives; no home means the domain's first here. Throws <see cref="AccountException"/>.</summary>
    internal static (string Logical, string Physical) UrlsOf(ImDomain domain, string account, string? home) =>
        (domain.LogicalUrl(account).ToString(), domain.PhysicalUrl(account, home) ?? throw new AccountException(home is null
            ? $"{domain.Name} has no home server here: name a host elsewhere with --home."
            : $"\"{home}\" is not a home server: write host or host:port"));

    private void Check(NewAccount wanted)
    {
        AccountRules.CheckName(wanted.Domain, wanted.Address.Name);
        if (wanted.DisplayName is not null) throw new AccountException($"The shown name is the directory's: change {names.DisplayName} there.");
        if (wanted.Password is not null) rules.Check(wanted.ToAccount(), wanted.Password);
        if (map.FindDomainOf(wanted.Address) is not { } domain)
            throw new AccountException($"{wanted.Address.Domain} belongs to no IM domain of this server: see MailDomains");
        if (domain.Name != wanted.Domain) throw new AccountException($"{wanted.Address} is an address of {domain.Name}: --domain cannot change that.");
    }

    private async Task<(LdapEntry Entry, Account Account)> EnableAsync(NewAccount wanted, AccountRoom room, CancellationToken stop)
    {
        var domain = GetDomain(wanted.ToAccount());
        var entry = wanted.Person is { } person ? await people.GetAsync(person, stop) : await people.GetAsync(wanted.Address, domain, stop);
        if (map.HasAccount(entry)) throw IsEnabledAlready(entry);
        DemandIsNotShutOut(entry);
        await DemandIsFreeAsync(wanted.Address, domain, entry, stop);
        await room.TakeAsync(domain.Name);
        return (entry, await WriteAsync(entry, wanted.Address, domain, wanted.Home, stop));
    }

    private async Task<Account> WriteAsync(LdapEntry entry, ImAddress address, ImDomain domain, string? home, CancellationToken stop)
    {
        var further = entry.Texts(names.ImAddress).Where(text => !text.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase));
        var (logical, physical) = UrlsOf(domain, address.Name, home);
        LdapModification[] changes =
        [
            new(names.ImAddress, [address.ToString(), .. further]),
            new(names.LogicalUrl, [logical]),
            new(names.PhysicalUrl, [physical]),
        ];
        await entries.ChangeAsync(entry.Dn, changes, stop);
        return AccountOf(await ReadAsync(entry.Dn, stop), domain) ?? throw Unreadable(entry.Dn);
    }

    // As it is, if it is as wanted.
    private async Task EnsureAsync(NewAccount wanted, AccountRoom room, CancellationToken stop)
    {
        var domain = GetDomain(wanted.ToAccount());
        var named = LdapPeople.One(wanted.Address.ToString(), await FindNamedAsync(domain, wanted.Address.Name, stop));
        LdapEntry entry;
        Account account;
        if (named is not null && map.HasAccount(named))
        {
            account = AccountOf(named, domain) ?? throw Unreadable(named.Dn);
            entry = named;
            var home = domain.LocationOf(wanted.Home);
            if (!account.IsEnabled || !Has(entry, wanted.Address) || !domain.LocationOf(account.HomeServer).Equals(home)) throw IsEnabledAlready(entry);
        }
        else (entry, account) = await EnableAsync(wanted, room, stop);
        if (wanted.Password is { } password && !await passwords.HasAsync(entry, account, stop)) await SetPasswordAsync(entry, account, password, stop);
    }

    // LDAP counts nothing: all of them have to be read.
    private AccountRoom Room(CancellationToken stop) => new(limits, async domain => (await ListAsync(stop)).Count(account => account.Domain == domain));

    private Task SetPasswordAsync(LdapEntry entry, Account account, string password, CancellationToken stop) =>
        passwords.SetAsync(entry, account, makeSecrets(account, password), stop);

    private void DemandIsNotShutOut(LdapEntry entry)
    {
        if (map.IsShutOut(entry, time.GetUtcNow()))
        {
            throw new AccountException(
                $"The directory has disabled {entry.Dn}, or let it expire ({names.AccountControl}, {names.AccountExpires}): enable it there first.");
        }
    }

    private async Task DemandIsFreeAsync(ImAddress address, ImDomain domain, LdapEntry owner, CancellationToken stop)
    {
        if ((await FindNamedAsync(domain, address.Name, stop)).FirstOrDefault(other => other.Dn != owner.Dn) is { } other)
            throw new AccountException($"{address} belongs to {other.Dn} already");
    }

    private AccountException IsEnabledAlready(LdapEntry entry)
    {
        if (map.DomainOf(entry) is not { } domain || AccountOf(entry, domain) is not { } account)
            return new AccountException($"{entry.Dn} has an account of a domain that is not served here: {entry.Text(names.LogicalUrl)}.");
        var at = $"{account.Email}, on {account.HomeServer ?? "any home server"}";
        return new AccountException(map.IsMarked(entry)
            ? $"{entry.Dn} has an account that is disabled: {at}. user enable serves it again."
            : $"{entry.Dn} has an account already: {at}. user move gives it another home server, user alias a further address.");
    }

    private AccountException Unreadable(string dn) => new($"{dn} was changed, but {settings.Connection.BindDn} cannot read the IM attributes back");

    private Account? AccountOf(LdapEntry entry, ImDomain domain) => map.ToAccount(entry, domain, time.GetUtcNow(), out _);

    private bool Has(LdapEntry entry, ImAddress address) => entry.Texts(names.ImAddress).Contains(address.ToString(), StringComparer.OrdinalIgnoreCase);

    private ImDomain GetDomain(Account account) =>
        map.FindDomain(account.Domain) ?? throw new AccountException($"{account.Domain} is no IM domain of this server: see VirtualServers");

    private async Task<LdapEntry> ReadAsync(string dn, CancellationToken stop) =>
        await entries.FindAsync(dn, settings.UserFilter, map.Attributes, stop) ?? throw Unreadable(dn);

    private async Task<LdapEntry> GetEntryAsync(Account account, CancellationToken stop) =>
        await FindEntryAsync(GetDomain(account), account.Name, account.Email, stop)
        ?? throw new AccountException($"The directory has nobody called {account.Email}");

    // The entry with the name, otherwise the person with the address.
    private async Task<LdapEntry?> FindEntryAsync(ImDomain domain, string name, string address, CancellationToken stop)
    {
        var named = await FindNamedAsync(domain, name, stop);
        return named.Count > 0 ? LdapPeople.One(address, named) : await people.FindAsync(address, stop);
    }

    private async Task<IReadOnlyList<LdapEntry>> FindNamedAsync(ImDomain domain, string name, CancellationToken stop)
    {
        if (map.FilterFor(domain, name) is not { } filter) return [];
        var found = await entries.SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, filter, map.Attributes, stop);
        return [.. found.Where(entry => map.IsNamed(entry, domain, name))];
    }
}
