using Rvp.Ldap;
using RvpServer.Configuration;

namespace RvpServer.Directories.Ldap;

/// <summary>Who belongs to a group of the directory.</summary>
internal sealed class LdapGroups(LdapEntries entries, LdapAccountSettings settings)
{
    // Follows groups in groups, on the server. [MS-ADTS, 3.1.1.3.4.4.3]
    private const string InChain = "1.2.840.113556.1.4.1941";

    // Of Active Directory: the number with which people name their first group, which does not list them.
    private const string PrimaryToken = "primaryGroupToken";
    private const string PrimaryGroup = "primaryGroupID";

    private const string ObjectClass = "objectClass";

    private static readonly string[] Classes = ["group", "groupOfNames", "groupOfUniqueNames", "posixGroup"];
    private static readonly LdapFilter IsGroup = LdapFilter.Or(Classes.Select(name => LdapFilter.Equal(ObjectClass, name)));

    private readonly LdapAttributeOptions names = settings.Attributes;

    /// <summary>
    /// Filters that find the members: one for a group of Active Directory, also through groups in it; one for each member that another group lists.
    /// </summary>
    /// <param name="group">Distinguished name, or name.</param>
    /// <param name="stop">Ends the waiting.</param>
    public async Task<IReadOnlyList<LdapMember>> FindMembersAsync(string group, CancellationToken stop)
    {
        var entry = await GetAsync(group, stop);
        if (entry.Texts(ObjectClass).Contains("group", StringComparer.OrdinalIgnoreCase))
        {
            var isMember = LdapFilter.Matching("memberOf", InChain, entry.Dn);
            return [new LdapMember(null, entry.Text(PrimaryToken) is { } token ? LdapFilter.Or(isMember, LdapFilter.Equal(PrimaryGroup, token)) : isMember)];
        }
        var any = LdapFilter.Present(ObjectClass);
        return [
            .. entry.Texts("member").Concat(entry.Texts("uniqueMember")).Select(dn => new LdapMember(dn, any)),
            .. entry.Texts("memberUid").Select(uid => new LdapMember(null, LdapFilter.Equal(names.AccountName, uid))),
        ];
    }

    private async Task<LdapEntry> GetAsync(string group, CancellationToken stop)
    {
        string[] wanted = [ObjectClass, "member", "uniqueMember", "memberUid", PrimaryToken];
        IReadOnlyList<LdapEntry> found;
        if (group.Contains('=', StringComparison.Ordinal)) found = await entries.SearchAsync(LdapScope.BaseObject, group, IsGroup, wanted, stop);
        else
        {
            var isNamed = LdapFilter.Or(LdapFilter.Equal("cn", group), LdapFilter.Equal(names.AccountName, group));
            found = await entries.SearchAsync(LdapScope.WholeSubtree, settings.BaseDn, LdapFilter.And(IsGroup, isNamed), wanted, stop);
        }
        return found switch
        {
            [var only] => only,
            [] => throw new AccountException($"The directory has no group called {group}: its classes are {string.Join(", ", Classes)}."),
            _ => throw new AccountException(
                $"{group} is several groups: name one by its distinguished name, {string.Join(" or ", found.Select(one => $"\"{one.Dn}\""))}"),
        };
    }
}

/// <summary>Members of a group: those that match the filter at this entry, or anywhere.</summary>
internal sealed record LdapMember(string? Dn, LdapFilter Filter);
