using Microsoft.AspNetCore.Mvc;
using Rvp.Protocol;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Domains;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Who has which role; gives and takes them.</summary>
internal sealed class AdministratorsModel(AdminServices services, ImDomains domains) : ConsolePage
{
    public IReadOnlyList<RoleGrant> Grants { get; private set; } = [];

    /// <summary>What this administrator may give roles for; the empty text is the whole installation.</summary>
    public IReadOnlyList<string> Scopes => [.. domains.All.Select(domain => domain.Name).Prepend("").Where(scope => MayGive(scope.Length == 0 ? null : scope))];

    public bool MayGive(string? domain) => Who.Has(AdminRole.FullAdministrator, domain);

    public async Task OnGetAsync(CancellationToken stop) => Grants = await services.RolesFor(Who).ListAsync(stop);

    public async Task<IActionResult> OnPostGrantAsync(string? name, string? role, string? domain, CancellationToken stop)
    {
        var wanted = AdminRoles.Of(role ?? "") ?? throw new ApiRefusal(StatusCodes.Status400BadRequest, $"A role is {AdminRoles.Words}.");
        var grant = await services.RolesFor(Who).GrantAsync(TargetOf(name ?? "", isGroup: null), wanted, ScopeOf(domain), stop);
        return Tell($"{grant.Name} is {grant.Role.Name()} for {grant.Domain ?? "the whole installation"}.");
    }

    public async Task<IActionResult> OnPostRevokeAsync(GrantKind kind, string? name, string? domain, CancellationToken stop)
    {
        var grant = await services.RolesFor(Who).RevokeAsync(TargetOf(name ?? "", kind == GrantKind.Group), ScopeOf(domain), stop);
        return Tell($"{grant.Name} is no {grant.Role.Name()} for {grant.Domain ?? "the whole installation"} any more.");
    }

    private static string? ScopeOf(string? domain) => string.IsNullOrEmpty(domain) ? null : domain;

    // A distinguished name has an equals sign, and an address has none.
    private static GrantTarget TargetOf(string name, bool? isGroup) =>
        isGroup ?? (!ImAddress.TryParse(name, out _) && name.Contains('=', StringComparison.Ordinal))
        ? new GrantTarget.Group(name.Trim())
        : new GrantTarget.Person(AccountApi.AddressOf(name.Trim()));
}
