using System.Runtime.CompilerServices;
using Rvp.Ldap;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Domains;

namespace RvpServer.Directories.Ldap;

/// <summary>People of the directory, with or without an account, found by what administrators call them.</summary>
internal sealed class LdapPeople(LdapEntries entries, LdapAccountSettings settings, LdapAccountMap map, TimeProvider time)
{
    // From Active Directory; other directories do not have it.
    private const string PrincipalName = "userPrincipalName";
    private const string ObjectClass = "objectClass";

    // Are persons for Active Directory too, but nobody signs in as one.
    private static readonly string[] NoPeople = ["computer", "contact"];

    private readonly LdapAttributeOptions names = settings.Attributes;
    private readonly LdapGroups groups = new(entries, settings);

    /// <summary>The person with this mail or IM address; null if there is none.</summary>
    public async Task<LdapEntry?> FindAsync(string address, CancellationToken stop) => One(address, await SearchAsync(HasAddress(address), stop));

    /// <summary>
    /// Who is meant to get an IM address: who has it as mail address, else whose account name, principal name or other mail address fits it. Who has a mail
    /// address of another IM domain here is not meant by an account name.
    /// </summary>
    public async Task<LdapEntry> GetAsync(ImAddress address, ImDomain domain, CancellationToken stop)
    {
        var text = address.ToString();
        if (await FindAsync(text, stop) is { } known) return known;
        var mails = domain.MailDomains.Append(domain.Name).Where(mail => mail != address.Domain)
            .Select(mail => LdapFilter.Equal(names.Mail, address.Name + "@" + mail));
        var similar = await SearchAsync(
            LdapFilter.Or([LdapFilter.Equal(names.AccountName, address.Name), LdapFilter.Equal(PrincipalName, text), .. mails]), stop);
        return One(text, [.. similar.Where(entry => !IsOfAnother(entry, domain))]) ?? throw new AccountException(
            $"The directory has nobody called {text}: say who it is with --person and a distinguished name, an account name or a mail address.");
    }

    /// <summary>Who is meant by a distinguished name, an account name, a principal name or a mail address.</summary>
    public async Task<LdapEntry> GetAsync(string person, CancellationToken stop)
    {
        IReadOnlyList<LdapEntry> found;
        if (person.Contains('=', StringComparison.Ordinal))
        {
            DemandIsBelowBase(person);
            found = await entries.SearchAsync(LdapScope.BaseObject, person, settings.UserFilter, map.Attributes, stop);
        }
        else if (person.Contains('@', StringComparison.Ordinal))
            found = await SearchAsync(LdapFilter.Or(HasAddress(person), LdapFilter.Equal(PrincipalName, person)), stop);
        else found = await SearchAsync(LdapFilter.Equal(names.AccountName, person), stop);
        return One(person, found) ?? throw new AccountException($"The directory has nobody called {person}.");
    }

    /// <summary>The people that a query asks for.</summary>
    public async IAsyncEnumerable<DirectoryPerson> FindAllAsync(PeopleQuery query, [EnumeratorCancellation] CancellationToken stop)
    {
        var left = query.Max;
        await foreach (var entry in ReadAllAsync(query, stop))
        {
            if (entry.Texts(ObjectClass).Any(name => NoPeople.Contains(name, StringComparer.OrdinalIgnoreCase))) continue;
            if (left-- <= 0) yield break;
            yield return PersonOf(entry);
        }
    }

    /// <summary>One entry; none if there is none. Several are an <see cref="AccountException"/> that lists them.</summary>
    public static LdapEntry? One(string name, IReadOnlyList<LdapEntry> found) => found switch
    {
        [] => null,
        [var only] => only,
        _ => throw new AccountException($"{name} is several: {string.Join(" and ", found.Select(entry => entry.Dn))}; name one of them with --person"),
    };

    private IAsyncEnumerable<LdapEntry> ReadAllAsync(PeopleQuery query, CancellationToken stop)
    {
        if (query.Unit is { } unit) DemandIsBelowBase(unit);
        var filter = FilterOf(query);
        return query.Group is { } group ? ReadGroupAsync(group, query.Unit, filter, stop) : ReadBelowAsync(query.Unit, filter, stop);
    }

    private IAsyncEnumerable<LdapEntry> ReadBelowAsync(string? unit, LdapFilter filter, CancellationToken stop) =>
        entries.ReadAllAsync(unit ?? settings.BaseDn, filter, SearchedAttributes, stop);

    private async IAsyncEnumerable<LdapEntry> ReadGroupAsync(
        string group, string? unit, LdapFilter filter, [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var (dn, isMember) in await groups.FindMembersAsync(group, stop))
        {
            var both = LdapFilter.And(filter, isMember);
            if (dn is null)
            {
                await foreach (var entry in ReadBelowAsync(unit, both, stop)) yield return entry;
            }
            else if (IsBelow(dn, unit ?? settings.BaseDn)
                && await entries.FindAsync(dn, both, SearchedAttributes, stop) is { } entry) yield return entry;
        }
    }

    private string[] SearchedAttributes => [.. map.Attributes, ObjectClass, .. names.Department is { } department ? [department] : Array.Empty<string>()];

    private LdapFilter FilterOf(PeopleQuery query)
    {
        var parts = new List<LdapFilter> { settings.UserFilter };
        string[] searched = [names.DisplayName, names.AccountName, names.Mail, names.ImAddress];
        if (query.Domain is not null && names.Department is { } department) searched = [.. searched, department];
        if (query.Domain is not null) parts.Add(LdapFilter.Present(names.LogicalUrl));
        if (query.Text is { Length: > 0 } text) parts.Add(LdapFilter.Or(searched.Select(name => LdapFilter.Contains(name, text))));
        try
        {
            if (query.Filter is { } filter) parts.Add(LdapFilter.Parse(filter));
        }
        catch (FormatException wrong)
        {
            throw new AccountException(wrong.Message + "; write one such as (department=Sales)");
        }
        return LdapFilter.And(parts);
    }

    private DirectoryPerson PersonOf(LdapEntry entry)
    {
        var now = time.GetUtcNow();
        var account = map.HasAccount(entry) && map.DomainOf(entry) is { } domain ? map.ToAccount(entry, domain, now, out _) : null;
        var own = entry.Text(names.AccountName) ?? "";
        var shown = entry.Text(names.DisplayName) ?? (own.Length > 0 ? own : entry.Dn);
        return new DirectoryPerson(entry.Dn, own, shown, entry.Text(names.Mail), account, map.IsShutOut(entry, now))
        {
            Department = names.Department is { } department ? entry.Text(department) : null,
        };
    }

    private bool IsOfAnother(LdapEntry entry, ImDomain domain) =>
        ImAddress.TryParse(entry.Text(names.Mail), out var mail) && map.FindDomainOf(mail) is { } theirs && theirs.Name != domain.Name;

    private LdapFilter HasAddress(string address) => LdapFilter.Or(LdapFilter.Equal(names.ImAddress, address), LdapFilter.Equal(names.Mail, address));

    private Task<IReadOnlyList<LdapEntry>> SearchAsync(LdapFilter filter, CancellationToken stop) =>
        entries.SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, LdapFilter.And(settings.UserFilter, filter), map.Attributes, stop);

    // Nobody would find an account elsewhere.
    private void DemandIsBelowBase(string dn)
    {
        if (!IsBelow(dn, settings.BaseDn))
            throw new AccountException($"{dn} is outside Rvp:Directory:Ldap:BaseDn, {settings.BaseDn}: nobody there can be an account.");
    }

    // Below a base or the base itself, whatever the letters and the spaces after commas. An empty base is the whole directory.
    private static bool IsBelow(string dn, string baseDn)
    {
        var (below, above) = (Parts(dn), Parts(baseDn));
        return below.TakeLast(above.Length).SequenceEqual(above, StringComparer.OrdinalIgnoreCase);

        static string[] Parts(string name) => name.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
