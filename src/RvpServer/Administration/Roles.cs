using System.Data.Common;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Runtime;

namespace RvpServer.Administration;

/// <summary>Roles as one administrator may give and take them. Besides what <see cref="IRoles"/> throws, all throw <see cref="NotAllowedException"/>.</summary>
internal sealed class Roles(
    AdminStore store, IAccounts accounts, ImDomains domains, AuditLog audit, WallClock wall, Administrator who) : IRoles
{
    // The filter of a group must not become a document.
    private const int MaxGroupLength = 1024;

    /// <inheritdoc/>
    public async Task<RoleGrant> GrantAsync(GrantTarget target, AdminRole role, string? domain, CancellationToken stop)
    {
        domain = Known(domain);
        who.Require(AdminRole.FullAdministrator, domain);
        var (kind, subject, name) = await FindAsync(target, stop);
        var grant = new RoleGrant(kind, subject, name, domain, role, wall.Now);
        await store.WriteAsync(async connection =>
        {
            var before = await ReadAsync(connection, grant);
            if (before is not null && role != AdminRole.FullAdministrator) await RequireOtherFullAsync(connection, [before]);
            await GrantRows.WriteAsync(connection, grant);
            await audit.AddAsync(connection, Entry("role.grant", grant, before?.Role, role));
        });
        return grant;
    }

    /// <inheritdoc/>
    public async Task<RoleGrant> RevokeAsync(GrantTarget target, string? domain, CancellationToken stop)
    {
        domain = Known(domain);
        who.Require(AdminRole.FullAdministrator, domain);
        RoleGrant? taken = null;
        // By name where the account or the group is gone.
        var known = await TryFindAsync(target, stop);
        await store.WriteAsync(async connection =>
        {
            taken = (await GrantRows.ReadAllAsync(connection)).FirstOrDefault(grant => grant.Domain == domain && IsMeant(grant, target, known?.Subject));
            if (taken is null) throw new AccountException($"{NameOf(target)} has no role for {domain ?? "the whole installation"}.");
            await RequireOtherFullAsync(connection, [taken]);
            await GrantRows.DeleteAsync(connection, taken);
            await audit.AddAsync(connection, Entry("role.revoke", taken, taken.Role, null));
        });
        return taken!;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoleGrant>> ListAsync(CancellationToken stop)
    {
        var all = await store.ReadAsync(GrantRows.ReadAllAsync);
        return [.. all.Where(grant => who.Has(AdminRole.ViewOnly, grant.Domain))];
    }

    /// <summary>Throws <see cref="AccountException"/> if without these roles nobody were Full Administrator of the installation any more.</summary>
    public static async Task RequireOtherFullAsync(DbConnection connection, IEnumerable<RoleGrant> going)
    {
        if (going.FirstOrDefault(grant => grant is { Role: AdminRole.FullAdministrator, Domain: null }) is not { } full) return;
        if (await GrantRows.HasOtherFullAsync(connection, full.Kind, full.Subject)) return;
        throw new AccountException($"{full.Name} is the last Full Administrator of the installation: make somebody else one first.");
    }

    private static async Task<RoleGrant?> ReadAsync(DbConnection connection, RoleGrant grant) =>
        (await GrantRows.ReadAsync(connection, grant.Kind, grant.Subject)).FirstOrDefault(other => other.Domain == grant.Domain);

    private static bool IsMeant(RoleGrant grant, GrantTarget target, string? subject) => target switch
    {
        GrantTarget.Person => grant.Kind == GrantKind.Account
            && (grant.Subject == subject || (subject is null && grant.Name.Equals(NameOf(target), StringComparison.OrdinalIgnoreCase))),
        _ => grant.Kind == GrantKind.Group && grant.Name.Equals(NameOf(target), StringComparison.OrdinalIgnoreCase),
    };

    private static string NameOf(GrantTarget target) => target switch
    {
        GrantTarget.Person person => person.Address.ToString(),
        GrantTarget.Group group => group.Name.Trim(),
        _ => "",
    };

    private string? Known(string? domain) => domain is null ? null
        : domains.FindByName(domain)?.Name ?? throw new AccountException($"No virtual server has the IM domain {domain}: look at Rvp:VirtualServers.");

    private async Task<(GrantKind Kind, string Subject, string Name)> FindAsync(GrantTarget target, CancellationToken stop)
    {
        if (target is GrantTarget.Person) return await TryFindAsync(target, stop) ?? throw new AccountException($"{NameOf(target)} has no account.");
        var name = NameOf(target);
        if (name.Length is 0 or > MaxGroupLength || name.Any(char.IsControl)) throw new AccountException("That is no distinguished name of a group.");
        // A directory without groups, or without this one, says so.
        await foreach (var _ in accounts.FindPeopleAsync(new PeopleQuery { Group = name, Max = 1 }, stop)) break;
        return (GrantKind.Group, name.ToUpperInvariant(), name);
    }

    private async Task<(GrantKind Kind, string Subject, string Name)?> TryFindAsync(GrantTarget target, CancellationToken stop)
    {
        if (target is not GrantTarget.Person { Address: var address }) return null;
        var domain = domains.FindFor(address)?.Name;
        if (domain is not null) who.Require(AdminRole.ViewOnly, domain);
        return await accounts.FindAsync(address, domain, stop) is { } account && who.Has(AdminRole.ViewOnly, account.Domain)
            ? (GrantKind.Account, account.Key, account.Email) : null;
    }

    private AuditEntry Entry(string action, RoleGrant grant, AdminRole? before, AdminRole? after) => AuditEntry.Of(
        who, action, grant.Name, grant.Domain, before is { } old ? new { Role = old.Word() } : null, after is { } now ? new { Role = now.Word() } : null);
}
