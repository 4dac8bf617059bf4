using System.Globalization;
using RvpServer.Admin;
using RvpServer.Administration;

namespace RvpServer.Cli;

/// <summary>The roles and the audit log of the server that runs.</summary>
internal sealed class RemoteRoles(AdminClient server) : IRoles, IAuditTrail
{
    /// <inheritdoc/>
    public async Task<RoleGrant> GrantAsync(GrantTarget target, AdminRole role, string? domain, CancellationToken stop)
    {
        var wanted = new ApiWantedGrant(role.Word(), AddressOf(target), GroupOf(target), domain);
        return (await server.DoAsync<ApiGrant>(HttpMethod.Put, "/administrators", JsonContent.Create(wanted), stop)).ToGrant();
    }

    /// <inheritdoc/>
    public async Task<RoleGrant> RevokeAsync(GrantTarget target, string? domain, CancellationToken stop)
    {
        var which = Conditions(("address", AddressOf(target)), ("group", GroupOf(target)), ("domain", domain));
        return (await server.DoAsync<ApiGrant>(HttpMethod.Delete, "/administrators" + which, new ByteArrayContent([]), stop)).ToGrant();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RoleGrant>> ListAsync(CancellationToken stop) =>
        [.. (await server.GetAsync<IReadOnlyList<ApiGrant>>("/administrators", stop)).Select(grant => grant.ToGrant())];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(AuditQuery query, CancellationToken stop)
    {
        var which = Conditions(
            ("since", query.Since?.ToString("O", CultureInfo.InvariantCulture)), ("who", query.Who), ("target", query.Target),
            ("before", query.Before.ToString(CultureInfo.InvariantCulture)), ("max", query.Max.ToString(CultureInfo.InvariantCulture)));
        return [.. (await server.GetAsync<IReadOnlyList<ApiAuditEntry>>("/audit" + which, stop)).Select(entry => entry.ToEntry())];
    }

    private static string? AddressOf(GrantTarget target) => (target as GrantTarget.Person)?.Address.ToString();

    private static string? GroupOf(GrantTarget target) => (target as GrantTarget.Group)?.Name;

    private static string Conditions(params (string Name, string? Value)[] all) =>
        "?" + string.Join('&', all.Where(pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));
}
