using RvpServer.Directories;

namespace RvpServer.Administration;

/// <summary>Finds the roles of an account: its own, and those of the groups of the directory that its owner is in.</summary>
/// <param name="store">Where the roles are.</param>
/// <param name="accounts">Knows who is in a group.</param>
internal sealed class RoleLookup(AdminStore store, IAccounts accounts)
{
    /// <summary>All roles of an account. Throws <see cref="DirectoryException"/> if a group cannot be looked up.</summary>
    public async Task<IReadOnlyList<RoleGrant>> FindAsync(Account account, CancellationToken stop)
    {
        var (own, ofGroups) = await store.ReadAsync(async connection =>
            (await GrantRows.ReadAsync(connection, GrantKind.Account, account.Key), await GrantRows.ReadGroupsAsync(connection)));
        if (ofGroups.Count == 0) return own;
        var found = own.ToList();
        foreach (var group in ofGroups.GroupBy(grant => grant.Subject))
            if (await IsMemberAsync(account, group.First().Name, stop)) found.AddRange(group);
        return found;
    }

    private async Task<bool> IsMemberAsync(Account account, string group, CancellationToken stop)
    {
        try
        {
            await foreach (var person in accounts.FindPeopleAsync(new PeopleQuery { Group = group }, stop))
                if (person.Account?.Key == account.Key) return true;
        }
        catch (AccountException)
        {
            // The group is gone: nobody is in it.
        }
        return false;
    }
}
