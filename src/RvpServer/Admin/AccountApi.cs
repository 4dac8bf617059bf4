using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Admin;

/// <summary>The API's operations on accounts.</summary>
internal static class AccountApi
{
    // A hundred thousand accounts with all that an import may say of them.
    private const int MaxImportBytes = 64 * 1024 * 1024;

    /// <summary>The type of many values, a line of JSON each.</summary>
    public const string JsonLines = "application/x-ndjson";

    public static void Map(RouteGroupBuilder api)
    {
        var accounts = api.MapGroup("/accounts").WithTags("accounts");
        accounts.MapGet("", ListAsync).WithSummary("Accounts by IM domain and name, in parts; search finds parts of names and addresses");
        accounts.MapPost("", AddAsync).WithSummary("Enables an account");
        accounts.MapGet("/export", ExportAsync).WithSummary("All accounts, a line of JSON each").Produces<ApiAccount>(contentType: JsonLines);
        accounts.MapPost("/import", ImportAsync).WithSummary("Enables many accounts, a line of JSON each; the local directory takes all or none")
            .Accepts<ApiNewAccount>(JsonLines);
        accounts.MapGet("/{address}", ShowAsync).WithSummary("An account");
        accounts.MapDelete("/{address}", RemoveAsync).WithSummary("Ends an account and all that is stored of it");
        accounts.MapPut("/{address}/state", SetStateAsync).WithSummary("Serves an account again, or no longer");
        accounts.MapPut("/{address}/password", SetPasswordAsync).WithSummary("Replaces the password");
        accounts.MapDelete("/{address}/history", ForgetHistoryAsync).WithSummary("Deletes the messages that are kept as its history");
        accounts.MapPut("/{address}/home", MoveAsync).WithSummary("Gives it another home server");
        accounts.MapPut("/{address}/aliases/{alias}", AddAliasAsync).WithSummary("Adds a further address");
        accounts.MapDelete("/{address}/aliases/{alias}", RemoveAliasAsync).WithSummary("Removes a further address");
    }

    /// <summary>The account that a request names; throws <see cref="ApiRefusal"/> if there is none.</summary>
    public static async Task<Account> FindAsync(IAccounts accounts, UserHomes homes, string address, string? domain, CancellationToken stop)
    {
        var parsed = AddressOf(address);
        return await accounts.FindAsync(parsed, domain ?? homes.FindDomain(parsed), stop)
            ?? throw new ApiRefusal(StatusCodes.Status404NotFound, $"{parsed} has no account.");
    }

    /// <summary>The same for a change: the role is checked first, whether there is such an account or not.</summary>
    public static async Task<Account> FindToChangeAsync(
        HttpContext context, IAccounts accounts, UserHomes homes, string address, string? domain, CancellationToken stop)
    {
        var who = ApiCaller.Of(context);
        if ((domain ?? homes.FindDomain(AddressOf(address))) is { } asked) who.Require(AdminRole.Administrator, asked);
        var account = await FindAsync(accounts, homes, address, domain, stop);
        who.Require(AdminRole.Administrator, account.Domain);
        return account;
    }

    /// <summary>Writes a line of JSON for each.</summary>
    public static async Task WriteLinesAsync<T>(HttpContext context, IAsyncEnumerable<T> values, CancellationToken stop)
    {
        context.Response.ContentType = JsonLines;
        await foreach (var value in values)
        {
            JsonSerializer.Serialize(new Utf8JsonWriter(context.Response.BodyWriter), value, JsonSerializerOptions.Web);
            await context.Response.BodyWriter.WriteAsync("\n"u8.ToArray(), stop);
        }
    }

    private static async Task<Ok<ApiAccounts>> ListAsync(
        HttpContext context, AdminServices services, UserHomes homes, string? search, string? domain, string? after, int max = 100,
        CancellationToken stop = default)
    {
        var slash = after?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var part = new AccountPart
        {
            Text = search,
            Domains = domain is null ? null : new HashSet<string>([domain], StringComparer.OrdinalIgnoreCase),
            Behind = slash < 0 ? new("", "") : new(after![..slash], after[(slash + 1)..]),
            Max = Math.Clamp(max, 1, AccountPart.MaxAccounts),
        };
        var who = ApiCaller.Of(context);
        if (domain is not null) who.Require(AdminRole.ViewOnly, domain);
        // One more says whether there are more.
        var found = await services.AccountsFor(who).ReadPartAsync(part with { Max = part.Max + 1 }, stop);
        var shown = found.Take(part.Max).ToList();
        return TypedResults.Ok(new ApiAccounts(
            [.. shown.Select(account => ApiAccount.Of(account, homes))], found.Count > part.Max ? $"{shown[^1].Domain}/{shown[^1].Name}" : null));
    }

    private static async Task<Created<ApiAccount>> AddAsync(
        HttpContext context, ApiNewAccount body, AdminServices services, UserHomes homes, HomeSearch search, IKeepsAccounts kept, CancellationToken stop)
    {
        var who = ApiCaller.Of(context);
        var wanted = ToNewAccount(body, homes);
        who.Require(AdminRole.Administrator, wanted.Domain);
        if (!body.Unchecked) await search.RequireAsync(wanted.Home, stop);
        var account = await services.AccountsFor(who).AddAsync(wanted, stop);
        await kept.SeeAsync(stop);
        Tag(context, account);
        return TypedResults.Created($"{AdminApi.Path}/accounts/{Uri.EscapeDataString(account.Email)}", ApiAccount.Of(account, homes));
    }

    private static async Task ExportAsync(HttpContext context, AdminServices services, UserHomes homes, CancellationToken stop)
    {
        var all = await services.AccountsFor(ApiCaller.Of(context)).ListAsync(stop);
        await WriteLinesAsync(context, all.Select(account => ApiAccount.Of(account, homes)).ToAsyncEnumerable(), stop);
    }

    private static async Task<Ok<ApiImported>> ImportAsync(
        HttpContext context, AdminServices services, UserHomes homes, HomeSearch search, IKeepsAccounts kept, IOptions<JsonOptions> json,
        CancellationToken stop)
    {
        if (context.Request.ContentType?.StartsWith(JsonLines, StringComparison.OrdinalIgnoreCase) != true)
            throw new ApiRefusal(StatusCodes.Status415UnsupportedMediaType, $"An import is {JsonLines}: a JSON object per line.");
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize = MaxImportBytes;
        context.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        var rows = new List<ApiNewAccount>();
        await foreach (var row in JsonSerializer.DeserializeAsyncEnumerable<ApiNewAccount>(
            context.Request.BodyReader, topLevelValues: true, json.Value.SerializerOptions, stop))
        {
            rows.Add(row ?? throw new JsonException("null"));
        }
        var who = ApiCaller.Of(context);
        var source = rows.Select((row, i) => (Line: row.Line > 0 ? row.Line : i + 1, Account: ToNewAccount(row, homes, row.Line > 0 ? row.Line : i + 1)));
        source = await search.RequireAsync(source.Select(Allowed), stop);
        var count = await services.AccountsFor(who).ImportAsync(source, _ => { }, stop);
        await kept.SeeAsync(stop);
        return TypedResults.Ok(new ApiImported(count));

        // Nobody has this server ask around who may not add the account.
        (int Line, NewAccount Account) Allowed((int Line, NewAccount Account) row)
        {
            who.Require(AdminRole.Administrator, row.Account.Domain);
            return row;
        }
    }

    private static async Task<Ok<ApiAccount>> ShowAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, CancellationToken stop)
    {
        var account = await FindAsync(services.AccountsFor(ApiCaller.Of(context)), homes, address, domain, stop);
        Tag(context, account);
        return TypedResults.Ok(ApiAccount.Of(account, homes));
    }

    private static Task<NoContent> RemoveAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept, CancellationToken stop) =>
        ChangeAsync(context, address, domain, services, homes, kept, (accounts, account) => accounts.RemoveAsync(account, stop), stop);

    private static Task<NoContent> SetStateAsync(
        HttpContext context, string address, ApiState body, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept,
        CancellationToken stop) =>
        ChangeAsync(context, address, domain, services, homes, kept, (accounts, account) => accounts.SetEnabledAsync(account, body.Enabled, stop), stop);

    private static Task<NoContent> SetPasswordAsync(
        HttpContext context, string address, ApiPassword body, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept,
        CancellationToken stop) =>
        ChangeAsync(context, address, domain, services, homes, kept, (accounts, account) => accounts.SetPasswordAsync(account, body.Password, stop), stop);

    private static Task<NoContent> MoveAsync(
        HttpContext context, string address, ApiHome body, string? domain, AdminServices services, UserHomes homes, HomeSearch search,
        IKeepsAccounts kept, CancellationToken stop) =>
        ChangeAsync(context, address, domain, services, homes, kept, async (accounts, account) =>
        {
            var home = homes.GetHome(account.Domain, body.Home);
            if (!body.Unchecked) await search.RequireAsync(home, stop);
            await accounts.MoveAsync(account, home, stop);
        }, stop);

    private static Task<NoContent> AddAliasAsync(
        HttpContext context, string address, string alias, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept,
        CancellationToken stop) =>
        ChangeAsync(context, address, domain, services, homes, kept, (accounts, account) =>
            accounts.AddAddressAsync(account, homes.GetFurther(account, AddressOf(alias)), stop), stop);

    private static Task<NoContent> RemoveAliasAsync(
        HttpContext context, string address, string alias, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept,
        CancellationToken stop) =>
        ChangeAsync(
            context, address, domain, services, homes, kept, (accounts, account) => accounts.RemoveAddressAsync(account, AddressOf(alias), stop), stop);

    private static Task<NoContent> ForgetHistoryAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept, CancellationToken stop) =>
        ChangeAsync(context, address, domain, services, homes, kept, (accounts, account) => accounts.ForgetHistoryAsync(account, stop), stop);

    private static async Task<NoContent> ChangeAsync(
        HttpContext context, string address, string? domain, AdminServices services, UserHomes homes, IKeepsAccounts kept,
        Func<AdministeredAccounts, Account, Task> change, CancellationToken stop)
    {
        var expected = context.Request.Headers.IfMatch.ToString().Trim().Trim('"');
        var accounts = services.AccountsFor(ApiCaller.Of(context), expected is "" or "*" ? null : expected);
        await change(accounts, await FindToChangeAsync(context, accounts, homes, address, domain, stop));
        await kept.SeeAsync(stop);
        return TypedResults.NoContent();
    }

    private static void Tag(HttpContext context, Account account) => context.Response.Headers.ETag = $"\"{AccountVersion.Of(account)}\"";

    /// <summary>An address that a request names; throws <see cref="ApiRefusal"/>.</summary>
    public static ImAddress AddressOf(string text) => ImAddress.TryParse(text, out var address)
        ? address : throw new ApiRefusal(StatusCodes.Status400BadRequest, "The address is no IM address: write it as JoBrown@adatum.com.");

    private static NewAccount ToNewAccount(ApiNewAccount body, UserHomes homes)
    {
        var address = AddressOf(body.Address);
        var domain = homes.GetDomain(address, body.Domain).Name;
        return new NewAccount(domain, address, body.DisplayName, homes.GetHome(domain, body.Home), body.Password)
        {
            Person = body.Person,
            IsHomeUnchecked = body.Unchecked,
        };
    }

    private static NewAccount ToNewAccount(ApiNewAccount body, UserHomes homes, int line)
    {
        try
        {
            return ToNewAccount(body, homes);
        }
        catch (Exception failure) when (failure is AccountException or ApiRefusal)
        {
            throw new AccountException(string.Create(null, $"Line {line}: {failure.Message}"));
        }
    }
}
