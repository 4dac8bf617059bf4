using System.Runtime.CompilerServices;
using Rvp.Ldap;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.Directories.Ldap;

/// <summary>What the administrator asked for cannot be done; the message says why and is for the administrator.</summary>
internal sealed class AccountChangeException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>
/// Enables, disables and moves accounts by their three IM attributes. People are named by IM address, mail address, account name or
/// distinguished name. Throws <see cref="AccountChangeException"/> for what is refused, <see cref="DirectoryException"/> where no server answers.
/// </summary>
internal sealed class LdapAccounts(LdapClient client, LdapAccountSettings settings, IReadOnlyList<ImDomain> domains)
{
    // Active Directory gives 1000 entries at a time.
    private const int PageSize = 500;

    // deploy/ldap/openldap: there the attributes need a class of their own. Active Directory has them on every user.
    private const string AuxiliaryClass = "msExchIMRecipient";

    private readonly LdapAttributeOptions names = settings.Attributes;
    private readonly LdapAccountMap map = new(settings, domains);

    /// <summary>The IM domain that an address belongs to; null where it is none of ours.</summary>
    public ImDomain? DomainOf(ImAddress address) => map.FindDomainOf(address);

    /// <summary>
    /// The account of an address: by address or node name; a person with that mail address who has no account is one that is not enabled. Null
    /// where the directory has nobody.
    /// </summary>
    public async Task<Account?> FindAsync(ImAddress address, string? domainName, CancellationToken stop)
    {
        if ((domainName is null ? map.FindDomainOf(address) : map.FindDomain(domainName)) is not { } domain) return null;
        var named = await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, map.FilterFor(domain, address.Name)!, stop);
        var found = named.Where(entry => map.IsNamed(entry, domain, address.Name)).ToList();
        if (found.Count == 0) found = [.. await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, PersonFilter(address.ToString()), stop)];
        if (found.Count > 1) throw Several(address.ToString(), found);
        if (found.Count == 0) return null;
        return map.ToAccount(found[0], domain, out _)
            ?? new Account(domain.Name, address.Name, found[0].Text(names.DisplayName) ?? address.Name, address.ToString(), [address.ToString()], null, IsEnabled: false);
    }

    /// <summary>Enables a person under <paramref name="address"/>, hosted by the home server with that host[:port].</summary>
    public async Task<Account> EnableAsync(string person, ImAddress address, string homeServer, CancellationToken stop)
    {
        if (map.FindDomainOf(address) is not { } domain) throw new AccountChangeException($"{address.Domain} belongs to no IM domain of this server: see MailDomains");
        var entry = await GetPersonAsync(person, stop);
        var taken = await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, map.FilterFor(domain, address.Name)!, stop);
        if (taken.FirstOrDefault(other => other.Dn != entry.Dn && map.IsNamed(other, domain, address.Name)) is { } owner)
            throw new AccountChangeException($"{address} belongs to {owner.Dn} already");

        var addresses = entry.Texts(names.ImAddress).Where(text => !text.Equals(address.ToString(), StringComparison.OrdinalIgnoreCase));
        var logical = domain.LogicalUrl(address.Name);
        LdapModification[] changes =
        [
            new(names.ImAddress, [address.ToString(), .. addresses]),
            new(names.LogicalUrl, [logical.ToString()]),
            new(names.PhysicalUrl, [PhysicalUrl(logical, homeServer)]),
        ];
        await ModifyAsync(entry.Dn, changes, stop);
        return await ReadAsync(entry.Dn, domain, stop);
    }

    /// <summary>Takes the IM attributes away; the person's other attributes stay.</summary>
    public async Task DisableAsync(string person, CancellationToken stop)
    {
        var entry = await GetPersonAsync(person, stop);
        await ModifyAsync(entry.Dn, [new(names.ImAddress, []), new(names.LogicalUrl, []), new(names.PhysicalUrl, [])], stop);
    }

    /// <summary>Makes another home server, host[:port], the account's.</summary>
    public async Task<Account> MoveAsync(string person, string homeServer, CancellationToken stop)
    {
        var entry = await GetPersonAsync(person, stop);
        if (map.DomainOf(entry) is not { } domain || map.ToAccount(entry, domain, out _) is not { } account)
            throw new AccountChangeException($"{entry.Dn} is not enabled for instant messaging");
        var logical = domain.LogicalUrl(account.Name);
        await ModifyAsync(entry.Dn, [new(names.PhysicalUrl, [PhysicalUrl(logical, homeServer)])], stop);
        return await ReadAsync(entry.Dn, domain, stop);
    }

    /// <summary>Every account of every IM domain, page by page, in the directory's order.</summary>
    public async IAsyncEnumerable<Account> ListAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var filter = LdapFilter.And(settings.UserFilter, LdapFilter.Or(LdapFilter.Present(names.ImAddress), LdapFilter.Present(names.LogicalUrl)));
        byte[]? cookie = [];
        while (cookie is not null)
        {
            var search = new LdapSearch(settings.BaseDn, LdapScope.WholeSubtree, filter, map.Attributes, PageSize, cookie);
            var (entries, result) = await AskAsync((connection, limit) => connection.SearchAsync(search, settings.Connection.Timeout, limit), stop);
            foreach (var entry in entries)
                if (map.DomainOf(entry) is { } domain && map.ToAccount(entry, domain, out _) is { } account) yield return account;
            if (result.Code == LdapResultCode.SizeLimitExceeded)
                throw new AccountChangeException($"The directory gives {settings.Connection.BindDn} only a part of the list: raise its size limit for that account");
            cookie = result.PageCookie is { Length: > 0 } next ? next : null;
        }
    }

    private static string PhysicalUrl(RvpUrl logical, string homeServer)
    {
        if (!HostAndPort.TryParse(homeServer, out var host)) throw new AccountChangeException($"\"{homeServer}\" is not a home server: write host or host:port");
        return logical.PhysicalOn(host);
    }

    private async Task<LdapEntry> GetPersonAsync(string person, CancellationToken stop)
    {
        var found = person.Contains('=', StringComparison.Ordinal)
            ? await SearchAsync(LdapScope.BaseObject, person, settings.UserFilter, stop)
            : await SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, PersonFilter(person), stop);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new AccountChangeException($"The directory has nobody called {person}"),
            _ => throw Several(person, found),
        };
    }

    private static AccountChangeException Several(string person, IReadOnlyList<LdapEntry> found) =>
        new($"{person} is several: {string.Join(" and ", found.Select(entry => entry.Dn))}; use the distinguished name");

    private LdapFilter PersonFilter(string person)
    {
        var attributes = new[] { names.ImAddress, names.Mail, names.AccountName };
        return LdapFilter.And(settings.UserFilter, LdapFilter.Or(attributes.Select(attribute => LdapFilter.Equal(attribute, person))));
    }

    private async Task<Account> ReadAsync(string dn, ImDomain domain, CancellationToken stop)
    {
        var found = await SearchAsync(LdapScope.BaseObject, dn, settings.UserFilter, stop);
        return found is [var entry] && map.ToAccount(entry, domain, out _) is { } account
            ? account : throw new AccountChangeException($"{dn} was changed, but {settings.Connection.BindDn} cannot read the IM attributes back");
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
                // Exchange's own schema has one IM address per person: the new one takes the old one's place.
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
            throw new AccountChangeException(Explain(e), e);
        }
        catch (LdapUnavailableException e)
        {
            throw new DirectoryException(e.Message, e);
        }
    }

    private string Explain(LdapException e) => e.Code switch
    {
        LdapResultCode.InsufficientAccessRights =>
            $"{settings.Connection.BindDn} may not do that ({e.Message}): grant it write access to {names.ImAddress}, {names.LogicalUrl} and {names.PhysicalUrl}",
        LdapResultCode.NoSuchObject => $"The directory has no such entry, or does not show it to {settings.Connection.BindDn} ({e.Message})",
        LdapResultCode.ObjectClassViolation or LdapResultCode.UndefinedAttributeType =>
            $"The directory's schema has no {names.ImAddress} for this entry ({e.Message}): see deploy/ldap",
        _ => e.Message,
    };
}
