using System.Runtime.CompilerServices;
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
internal sealed class LdapAccounts(
    LdapClient client, LdapAccountSettings settings, IReadOnlyList<ImDomain> domains, OwnPasswords passwords, SecretMaker makeSecrets,
    PasswordRules rules, TimeProvider time) : IAccounts
{
    // Active Directory returns at most 1000 entries at a time.
    private const int PageSize = 500;

    // See deploy/ldap/openldap: there the attributes need their own class. Active Directory has them on every user.
    private const string AuxiliaryClass = "msExchIMRecipient";

    private readonly LdapAttributeOptions names = settings.Attributes;
    private readonly LdapAccountMap map = new(settings, domains);

    /// <inheritdoc/>
    public bool NeedsPassword => false;

    /// <inheritdoc/>
    /// <remarks>For a person that the directory knows by that address.</remarks>
    public async Task<Account> AddAsync(NewAccount wanted, CancellationToken stop)
    {
        AccountRules.CheckName(wanted.Domain, wanted.Address.Name);
        if (wanted.DisplayName is not null) throw new AccountException($"The shown name is the directory's: change {names.DisplayName} there.");
        if (wanted.Password is not null) rules.Check(wanted.ToAccount(), wanted.Password);
        if (map.FindDomainOf(wanted.Address)?.Name is { } domain && domain != wanted.Domain)
        {
            throw new AccountException($"{wanted.Address} is an address of {domain}: --domain cannot change that.");
        }
        var account = await EnableAsync(wanted.Address, wanted.Home, stop);
        if (wanted.Password is not null) await SetPasswordAsync(account, wanted.Password, stop);
        return account;
    }

    /// <inheritdoc/>
    public Task<int> ImportAsync(IEnumerable<(int Line, NewAccount Account)> source, Action<int> onRead, CancellationToken stop) =>
        throw new AccountException("Accounts of an LDAP directory cannot be imported: it knows no change that is made for all or for none. "
            + "Enable them one by one with user add.");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken stop)
    {
        var all = new List<Account>();
        await foreach (var account in ReadAllAsync(stop)) all.Add(account);
        return [.. all.OrderBy(account => account.Domain, StringComparer.Ordinal).ThenBy(account => account.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <inheritdoc/>
    /// <remarks>A person with that mail address but without an account is returned as an account that is not enabled.</remarks>
    public async Task<Account?> FindAsync(ImAddress address, string? domain, CancellationToken stop)
    {
        if ((domain is null ? map.FindDomainOf(address) : map.FindDomain(domain)) is not { } imDomain) return null;
        if (await FindEntryAsync(imDomain, address.Name, address.ToString(), stop) is not { } entry) return null;
        return map.ToAccount(entry, imDomain, time.GetUtcNow(), out _)
            ?? new Account(imDomain.Name, address.Name, entry.Text(names.DisplayName) ?? address.Name, address.ToString(), [address.ToString()], null,
                IsEnabled: false)
            { Id = map.IdOf(entry) };
    }

    /// <inheritdoc/>
    public async Task SetEnabledAsync(Account account, bool isEnabled, CancellationToken stop)
    {
        if (isEnabled && ImAddress.TryParse(account.Email, out var address)) await EnableAsync(address, account.HomeServer, stop);
        else if (!isEnabled)
        {
            await ModifyAsync((await GetEntryAsync(account, stop)).Dn, [new(names.ImAddress, []), new(names.LogicalUrl, []), new(names.PhysicalUrl, [])], stop);
        }
    }

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
        rules.Check(account, password);
        return passwords.SetAsync(account, makeSecrets(account, password), stop);
    }

    /// <inheritdoc/>
    public Task AddAddressAsync(Account account, ImAddress address, CancellationToken stop) => throw AddressesAreTheirs();

    /// <inheritdoc/>
    public Task RemoveAddressAsync(Account account, ImAddress address, CancellationToken stop) => throw AddressesAreTheirs();

    /// <inheritdoc/>
    public async Task MoveAsync(Account account, string? home, CancellationToken stop)
    {
        var entry = await GetEntryAsync(account, stop);
        if (map.DomainOf(entry) is not { } domain || map.ToAccount(entry, domain, time.GetUtcNow(), out _) is not { } stored)
            throw new AccountException($"{entry.Dn} is not enabled for instant messaging");
        await ModifyAsync(entry.Dn, [new(names.PhysicalUrl, [UrlsOf(domain, stored.Name, home).Physical])], stop);
    }

    private AccountException AddressesAreTheirs() => new($"The addresses of this account are the directory's: change {names.ImAddress} there.");

    private async Task<Account> EnableAsync(ImAddress address, string? home, CancellationToken stop)
    {
        if (map.FindDomainOf(address) is not { } domain)
        {
            throw new AccountException($"{address.Domain} belongs to no IM domain of this server: see MailDomains");
        }
        var entry = One(address.ToString(), await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, PersonFilter(address.ToString()), stop))
            ?? throw Unknown(address.ToString());
        if ((await FindNamedAsync(domain, address.Name, stop)).FirstOrDefault(other => other.Dn != entry.Dn) is { } owner)
            throw new AccountException($"{address} belongs to {owner.Dn} already");
        if (map.IsDisabled(entry)) throw new AccountException($"The directory has disabled {entry.Dn} ({names.AccountControl}): enable it there first.");

        var addresses = entry.Texts(names.ImAddress).Where(text => !text.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase));
        var (logical, physical) = UrlsOf(domain, address.Name, home);
        LdapModification[] changes =
        [
            new(names.ImAddress, [address.ToString(), .. addresses]),
            new(names.LogicalUrl, [logical]),
            new(names.PhysicalUrl, [physical]),
        ];
        await ModifyAsync(entry.Dn, changes, stop);
        return await ReadAsync(entry.Dn, domain, stop);
    }

    // One page after the other, in the directory's order.
    private async IAsyncEnumerable<Account> ReadAllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var filter = LdapFilter.And(settings.UserFilter, LdapFilter.Or(LdapFilter.Present(names.ImAddress), LdapFilter.Present(names.LogicalUrl)));
        byte[]? cookie = [];
        while (cookie is not null)
        {
            var search = new LdapSearch(settings.BaseDn, LdapScope.WholeSubtree, filter, map.Attributes, PageSize, cookie);
            var (entries, result) = await AskAsync((connection, limit) => connection.SearchAsync(search, settings.Connection.Timeout, limit), stop);
            foreach (var entry in entries)
                if (map.DomainOf(entry) is { } domain && map.ToAccount(entry, domain, time.GetUtcNow(), out _) is { } account) yield return account;
            if (result.Code == LdapResultCode.SizeLimitExceeded)
                throw new AccountException($"The directory gives {settings.Connection.BindDn} only a part of the list: raise its size limit for that account");
            cookie = result.PageCookie is { Length: > 0 } next ? next : null;
        }
    }

    /// <summary>What an entry says of where its account lives; no home means the domain's first here. Throws <see cref="AccountException"/>.</summary>
    internal static (string Logical, string Physical) UrlsOf(ImDomain domain, string account, string? home) =>
        (domain.LogicalUrl(account).ToString(), domain.PhysicalUrl(account, home) ?? throw new AccountException(home is null
            ? $"{domain.Name} has no home server here: name a host elsewhere with --home."
            : $"\"{home}\" is not a home server: write host or host:port"));

    private async Task<LdapEntry> GetEntryAsync(Account account, CancellationToken stop) =>
        (map.FindDomain(account.Domain) is { } domain ? await FindEntryAsync(domain, account.Name, account.Email, stop) : null) ?? throw Unknown(account.Email);

    // The entry with the name, otherwise the person with the address.
    private async Task<LdapEntry?> FindEntryAsync(ImDomain domain, string name, string address, CancellationToken stop)
    {
        var named = await FindNamedAsync(domain, name, stop);
        return One(address, named.Count > 0 ? named : await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, PersonFilter(address), stop));
    }

    private async Task<IReadOnlyList<LdapEntry>> FindNamedAsync(ImDomain domain, string name, CancellationToken stop)
    {
        if (map.FilterFor(domain, name) is not { } filter) return [];
        return [.. (await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, filter, stop)).Where(entry => map.IsNamed(entry, domain, name))];
    }

    private static LdapEntry? One(string address, IReadOnlyList<LdapEntry> found) => found switch
    {
        [] => null,
        [var only] => only,
        _ => throw new AccountException($"{address} is several: {string.Join(" and ", found.Select(entry => entry.Dn))}; leave it to one of them"),
    };

    private static AccountException Unknown(string address) => new($"The directory has nobody called {address}");

    private LdapFilter PersonFilter(string address)
    {
        var attributes = new[] { names.ImAddress, names.Mail, names.AccountName };
        return LdapFilter.And(settings.UserFilter, LdapFilter.Or(attributes.Select(attribute => LdapFilter.Equal(attribute, address))));
    }

    private async Task<Account> ReadAsync(string dn, ImDomain domain, CancellationToken stop)
    {
        var found = await SearchAsync(LdapScope.BaseObject, dn, settings.UserFilter, stop);
        return found is [var entry] && map.ToAccount(entry, domain, time.GetUtcNow(), out _) is { } account
            ? account : throw new AccountException($"{dn} was changed, but {settings.Connection.BindDn} cannot read the IM attributes back");
    }

    private async Task<IReadOnlyList<LdapEntry>> SearchAsync(LdapScope scope, string baseDn, LdapFilter filter, CancellationToken stop)
    {
        var search = new LdapSearch(baseDn, scope, filter, map.Attributes, PageSize);
        return (await AskAsync((connection, limit) => connection.SearchAsync(search, settings.Connection.Timeout, limit), stop)).Entries;
    }

    private async Task ModifyAsync(string dn, IReadOnlyList<LdapModification> changes, CancellationToken stop) => await AskAsync(
        async (connection, limit) =>
        {
            try
            {
                await connection.ModifyAsync(dn, changes, limit);
            }
            catch (LdapException e) when (e.Code == LdapResultCode.ObjectClassViolation && changes.Any(change => change.Values.Count > 0))
            {
                await connection.ModifyAsync(dn, [new("objectClass", [AuxiliaryClass], Adds: true), .. changes], limit);
            }
            catch (LdapException e) when (e.Code == LdapResultCode.ConstraintViolation && changes.Any(change => change.Values.Count > 1))
            {
                // Exchange's own schema allows one IM address per person: the new one replaces the old one.
                await connection.ModifyAsync(dn, [.. changes.Select(change => change with { Values = [.. change.Values.Take(1)] })], limit);
            }
            return true;
        },
        stop);

    private async Task<T> AskAsync<T>(Func<LdapConnection, CancellationToken, Task<T>> call, CancellationToken stop)
    {
        try
        {
            return await client.CallAsync(call, stop);
        }
        catch (LdapException e)
        {
            throw new AccountException(Explain(e), e);
        }
        catch (LdapUnavailableException e)
        {
            throw new DirectoryException(e.Message, e);
        }
    }

    private string Explain(LdapException e) => e.Code switch
    {
        LdapResultCode.InsufficientAccessRights =>
            $"{settings.Connection.BindDn} may not do that ({e.Message}): "
                + $"grant it write access to {names.ImAddress}, {names.LogicalUrl} and {names.PhysicalUrl}",
        LdapResultCode.NoSuchObject => $"The directory has no such entry, or does not show it to {settings.Connection.BindDn} ({e.Message})",
        LdapResultCode.ObjectClassViolation or LdapResultCode.UndefinedAttributeType =>
            $"The directory's schema has no {names.ImAddress} for this entry ({e.Message}): see deploy/ldap",
        _ => e.Message,
    };
}
