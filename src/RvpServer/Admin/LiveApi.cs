using Microsoft.AspNetCore.Http.HttpResults;
using RvpServer.Administration;
using RvpServer.Directories;

namespace RvpServer.Admin;

/// <summary>The API's operations on what accounts are doing now.</summary>
internal static class LiveApi
{
    public static void Map(RouteGroupBuilder api)
    {
        var live = api.MapGroup("/accounts/{address}").WithTags("live");
        live.MapGet("/live", ShowAsync).WithSummary("Where an account is signed in, who watches it, and its access list");
        live.MapDelete("/signins", SignOutAllAsync).WithSummary("Signs an account out everywhere");
        live.MapDelete("/signins/{id}", SignOutAsync).WithSummary("Ends one sign-in, or one session of the web client");
    }

    private static async Task<Ok<ApiLive>> ShowAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, LiveAccounts live, CancellationToken stop)
    {
        var account = await AccountApi.FindAsync(services.AccountsFor(ApiCaller.Of(context)), homes, address, domain, stop);
        return TypedResults.Ok(await live.ShowAsync(account, stop));
    }

    private static async Task<NoContent> SignOutAllAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, LiveAccounts live, CancellationToken stop)
    {
        var account = await FindAsync(context, address, domain, services, homes, stop);
        await live.SignOutAsync(account, stop);
        await NoteAsync(context, services, account, new { SignIns = "all" });
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> SignOutAsync(
        HttpContext context, string address, string id, string? domain, AdminServices services, UserHomes homes, LiveAccounts live, CancellationToken stop)
    {
        var account = await FindAsync(context, address, domain, services, homes, stop);
        if (!await live.SignOutAsync(account, id, stop)) throw new ApiRefusal(StatusCodes.Status404NotFound, $"{account.Email} has no such sign-in.");
        await NoteAsync(context, services, account, new { SignIns = id });
        return TypedResults.NoContent();
    }

    private static Task<Account> FindAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, CancellationToken stop) =>
        AccountApi.FindToChangeAsync(context, services.AccountsFor(ApiCaller.Of(context)), homes, address, domain, stop);

    private static Task NoteAsync(HttpContext context, AdminServices services, Account account, object before) =>
        services.Audit.AddAsync(AuditEntry.Of(ApiCaller.Of(context), "account.signout", account.Email, account.Domain, before));
}
