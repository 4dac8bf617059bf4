using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Runtime;

namespace RvpServer.Admin;

/// <summary>The API's operations on the server itself and on the people of the directory.</summary>
internal static class ServerApi
{
    private const int MaxPeople = 1000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/servers", ListServers).WithTags("server").WithSummary("The virtual servers");
        api.MapGet("/status", ShowStatusAsync).WithTags("server").WithSummary("Version, figures, and whether store and directory answer");
        api.MapGet("/people", FindPeopleAsync).WithTags("people").WithSummary("People of the directory, with or without an account");
        api.MapGet("/people/export", ExportPeopleAsync).WithTags("people").WithSummary("The same without a limit, a line of JSON each")
            .Produces<ApiPerson>(contentType: AccountApi.JsonLines);
    }

    private static Ok<IReadOnlyList<ApiServer>> ListServers(HttpContext context, RvpSettings settings)
    {
        var who = ApiCaller.Of(context);
        IReadOnlyList<ApiServer> seen =
        [
            .. settings.VirtualServers.Where(server => who.Has(AdminRole.ViewOnly, server.Domain)).Select(server => new ApiServer(
                server.Name, server.Role.ToString(), server.Domain, server.HostNames, server.Port, server.PublicUrl)),
        ];
        return TypedResults.Ok(seen);
    }

    private static async Task<Ok<ApiStatus>> ShowStatusAsync(
        HttpContext context, HealthCheckService health, LiveAccounts live, WallClock wall, CancellationToken stop)
    {
        ApiCaller.Of(context).Require(AdminRole.ViewOnly, domain: null);
        var report = await health.CheckHealthAsync(stop);
        var parts = report.Entries.ToDictionary(
            part => part.Key, part => part.Value.Status == HealthStatus.Healthy ? "ready" : part.Value.Description ?? "no answer");
        var version = typeof(ServerApi).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        return TypedResults.Ok(new ApiStatus(version, wall.Now, await live.CountSignedInAsync(stop), parts));
    }

    private static async Task<Ok<IReadOnlyList<ApiPerson>>> FindPeopleAsync(
        HttpContext context, AdminServices services, UserHomes homes, string? domain, string? text, string? group, string? unit, string? filter,
        int max = 100, CancellationToken stop = default)
    {
        var query = new PeopleQuery { Text = text, Group = group, Unit = unit, Filter = filter, Max = Math.Clamp(max, 1, MaxPeople) };
        var found = new List<ApiPerson>();
        await foreach (var person in PeopleFor(context, services, domain).FindPeopleAsync(query, stop)) found.Add(ApiPerson.Of(person, homes));
        return TypedResults.Ok<IReadOnlyList<ApiPerson>>(found);
    }

    private static Task ExportPeopleAsync(
        HttpContext context, AdminServices services, UserHomes homes, string? domain, string? text, string? group, string? unit, string? filter,
        int max = int.MaxValue, CancellationToken stop = default)
    {
        var query = new PeopleQuery { Text = text, Group = group, Unit = unit, Filter = filter, Max = Math.Max(1, max) };
        var found = PeopleFor(context, services, domain).FindPeopleAsync(query, stop);
        return AccountApi.WriteLinesAsync(context, found.Select(person => ApiPerson.Of(person, homes)), stop);
    }

    // Of the directory of one IM domain, or of all.
    private static IAccounts PeopleFor(HttpContext context, AdminServices services, string? domain)
    {
        IAccounts all = services.AccountsFor(ApiCaller.Of(context));
        return domain is null ? all : all.In(domain);
    }
}

/// <summary>A virtual server.</summary>
internal sealed record ApiServer(string Name, string Role, string Domain, IReadOnlyList<string> HostNames, int Port, string Url);

/// <summary>The state of the server.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Time">What its clock shows.</param>
/// <param name="SignedIn">Accounts that are signed in here.</param>
/// <param name="Parts">What it needs: <c>ready</c>, or what is wrong.</param>
internal sealed record ApiStatus(string Version, DateTimeOffset Time, int SignedIn, IReadOnlyDictionary<string, string> Parts);

/// <summary>A person of the directory.</summary>
/// <param name="Id">What <c>person</c> of a new account may say.</param>
/// <param name="AccountName">The name used to sign in elsewhere; empty if there is none.</param>
/// <param name="DisplayName">Name for people to read.</param>
/// <param name="Mail">Mail address.</param>
/// <param name="Account">The account; null: never enabled.</param>
/// <param name="Disabled">True if the directory has disabled the person.</param>
internal sealed record ApiPerson(string Id, string AccountName, string DisplayName, string? Mail, ApiAccount? Account, bool Disabled)
{
    public static ApiPerson Of(DirectoryPerson person, UserHomes homes) => new(
        person.Id, person.AccountName, person.DisplayName, person.Mail, person.Account is { } account ? ApiAccount.Of(account, homes) : null,
        person.IsDisabled);

    /// <summary>The person itself.</summary>
    public DirectoryPerson ToPerson() => new(Id, AccountName, DisplayName, Mail, Account?.ToAccount(), Disabled);
}
