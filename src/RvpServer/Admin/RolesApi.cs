using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using RvpServer.Administration;

namespace RvpServer.Admin;

/// <summary>The API's operations on roles, and the audit log.</summary>
internal static class RolesApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var roles = api.MapGroup("/administrators").WithTags("administrators");
        roles.MapGet("", ListAsync).WithSummary("Who has which role");
        roles.MapPut("", GrantAsync).WithSummary("Gives a role to an account or a group, in place of the one that it has there");
        roles.MapDelete("", RevokeAsync).WithSummary("Takes a role from an account or a group");
        api.MapGet("/audit", ReadAuditAsync).WithTags("audit").WithSummary("What administrators did, the newest first, in parts");
    }

    private static async Task<Ok<IReadOnlyList<ApiGrant>>> ListAsync(HttpContext context, AdminServices services, CancellationToken stop)
    {
        IReadOnlyList<ApiGrant> all = [.. (await services.RolesFor(ApiCaller.Of(context)).ListAsync(stop)).Select(ApiGrant.Of)];
        return TypedResults.Ok(all);
    }

    private static async Task<Ok<ApiGrant>> GrantAsync(HttpContext context, ApiWantedGrant body, AdminServices services, CancellationToken stop)
    {
        var role = AdminRoles.Of(body.Role) ?? throw new ApiRefusal(StatusCodes.Status400BadRequest, $"role is {AdminRoles.Words}.");
        return TypedResults.Ok(ApiGrant.Of(await services.RolesFor(ApiCaller.Of(context)).GrantAsync(
            TargetOf(body.Address, body.Group), role, body.Domain, stop)));
    }

    private static async Task<Ok<ApiGrant>> RevokeAsync(
        HttpContext context, string? address, string? group, string? domain, AdminServices services, CancellationToken stop) =>
        TypedResults.Ok(ApiGrant.Of(await services.RolesFor(ApiCaller.Of(context)).RevokeAsync(TargetOf(address, group), domain, stop)));

    private static async Task<Ok<IReadOnlyList<ApiAuditEntry>>> ReadAuditAsync(
        HttpContext context, AdminServices services, string? since, string? who, string? target, long before = long.MaxValue, int max = 100,
        CancellationToken stop = default)
    {
        DateTimeOffset? from = null;
        if (since is not null)
        {
            from = DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read)
                ? read : throw new ApiRefusal(StatusCodes.Status400BadRequest, "since is a moment, such as 2026-11-26T08:00:00Z.");
        }
        var query = new AuditQuery { Since = from, Who = who, Target = target, Before = before, Max = max };
        IReadOnlyList<ApiAuditEntry> found =
            [.. (await services.AuditFor(ApiCaller.Of(context)).ReadAsync(query, stop)).Select(ApiAuditEntry.Of)];
        return TypedResults.Ok(found);
    }

    private static GrantTarget TargetOf(string? address, string? group)
    {
        if (address is null == group is null) throw new ApiRefusal(StatusCodes.Status400BadRequest, "Name either an address or a group.");
        if (group is not null) return new GrantTarget.Group(group);
        return new GrantTarget.Person(AccountApi.AddressOf(address!));
    }
}

/// <summary>A role to be given.</summary>
/// <param name="Role">view, administrator or full.</param>
/// <param name="Address">To whom, or</param>
/// <param name="Group">to which group, by its distinguished name.</param>
/// <param name="Domain">IM domain; null: the whole installation.</param>
internal sealed record ApiWantedGrant(string Role, string? Address = null, string? Group = null, string? Domain = null);

/// <summary>A role that was given.</summary>
internal sealed record ApiGrant(string? Address, string? Group, string Role, string? Domain, DateTimeOffset GrantedAt)
{
    public static ApiGrant Of(RoleGrant grant) => new(
        grant.Kind == GrantKind.Account ? grant.Name : null, grant.Kind == GrantKind.Group ? grant.Name : null, grant.Role.Word(), grant.Domain,
        grant.GrantedAt);

    /// <summary>The role itself.</summary>
    public RoleGrant ToGrant() => new(
        Group is null ? GrantKind.Account : GrantKind.Group, "", Address ?? Group ?? "", Domain, AdminRoles.Of(Role) ?? AdminRole.ViewOnly, GrantedAt);
}

/// <summary>An entry of the audit log.</summary>
/// <param name="Id">Ascends.</param>
/// <param name="At">When.</param>
/// <param name="Who">The administrator.</param>
/// <param name="Source">Where from: a network address, or <c>command line</c>.</param>
/// <param name="Action">What.</param>
/// <param name="Target">About what.</param>
/// <param name="Domain">Of which IM domain; null: the whole installation.</param>
/// <param name="Outcome">done, refused or failed.</param>
/// <param name="Reason">Why it was not done; empty if it was.</param>
/// <param name="Before">The values before, as JSON text.</param>
/// <param name="After">The values after, as JSON text.</param>
internal sealed record ApiAuditEntry(
    long Id, DateTimeOffset At, string Who, string Source, string Action, string Target, string? Domain, string Outcome, string Reason, string? Before,
    string? After)
{
    public static ApiAuditEntry Of(AuditEntry entry) => new(
        entry.Id, entry.At, entry.Who, entry.Source, entry.Action, entry.Target, entry.Domain, entry.Outcome.ToString().ToLowerInvariant(), entry.Reason,
        entry.Before, entry.After);

    /// <summary>The entry itself.</summary>
    public AuditEntry ToEntry() => new(Who, Source, Action, Target, Domain)
    {
        Id = Id,
        At = At,
        Outcome = Enum.TryParse<AuditOutcome>(Outcome, ignoreCase: true, out var outcome) ? outcome : AuditOutcome.Done,
        Reason = Reason,
        Before = Before,
        After = After,
    };
}
