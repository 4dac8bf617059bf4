using Microsoft.AspNetCore.Mvc;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;

namespace RvpServer.AdminConsole.Pages.People;

/// <summary>One account: what it is and does, and what may be done with it.</summary>
internal sealed class PersonModel(AdminServices services, UserHomes homes, ImDomains domains, LiveAccounts live, HomeSearch search, IKeepsAccounts kept)
    : ConsolePage
{
    /// <summary>Watchers in the list: enough to see who they are.</summary>
    public const int MaxShown = 200;

    public Account Account { get; private set; } = null!;

    public ApiLive Live { get; private set; } = null!;

    public IReadOnlyList<RoleGrant> Roles { get; private set; } = [];

    /// <summary>What a form must say to change the account as this page has shown it.</summary>
    public string Version => AccountVersion.Of(Account);

    public bool MayChangeIt => MayChange(Account.Domain);

    public string State => !Account.IsEnabled ? "disabled" : Live.SignIns.Count > 0 ? "online" : "offline";

    /// <summary>The home servers here.</summary>
    public IEnumerable<string> Homes => domains.FindByName(Account.Domain)?.Homes.Select(home => home.Name) ?? [];

    /// <summary>The path of an account's page.</summary>
    public static string PathOf(Account account) => $"/people/{Uri.EscapeDataString(account.Email)}?domain={Uri.EscapeDataString(account.Domain)}";

    public async Task OnGetAsync(string address, string? domain, CancellationToken stop)
    {
        Account = await AccountApi.FindAsync(services.AccountsFor(Who), homes, address, domain, stop);
        Live = await live.ShowAsync(Account, stop);
        Roles = await services.Lookup.FindAsync(Account, stop);
    }

    public Task<IActionResult> OnPostEnabledAsync(string address, string? domain, string? version, bool enabled, CancellationToken stop) =>
        ChangeAsync(
            address, domain, version, (accounts, account) => accounts.SetEnabledAsync(account, enabled, stop),
            account => $"{account.Email} is {(enabled ? "enabled" : "disabled")}.", stop);

    public async Task<IActionResult> OnPostPasswordAsync(string address, string? domain, string? version, string? password, CancellationToken stop)
    {
        var made = string.IsNullOrEmpty(password) ? MadePassword.Next() : null;
        return await ChangeAsync(
            address, domain, version, (accounts, account) => accounts.SetPasswordAsync(account, made ?? password!, stop),
            account => made is null ? $"{account.Email} has the new password." : $"The new password of {account.Email} is {made}", stop);
    }

    public Task<IActionResult> OnPostAddAliasAsync(string address, string? domain, string? version, string? alias, CancellationToken stop) =>
        ChangeAsync(
            address, domain, version,
            (accounts, account) => accounts.AddAddressAsync(account, homes.GetFurther(account, AccountApi.AddressOf(alias ?? "")), stop),
            account => $"{alias} is an address of {account.DisplayName} now.", stop);

    public Task<IActionResult> OnPostRemoveAliasAsync(string address, string? domain, string? version, string? alias, CancellationToken stop) =>
        ChangeAsync(
            address, domain, version, (accounts, account) => accounts.RemoveAddressAsync(account, AccountApi.AddressOf(alias ?? ""), stop),
            account => $"{alias} is no address of {account.DisplayName} any more.", stop);

    public Task<IActionResult> OnPostMoveAsync(string address, string? domain, string? version, string? home, CancellationToken stop) =>
        ChangeAsync(
            address, domain, version, async (accounts, account) =>
            {
                var wanted = homes.GetHome(account.Domain, home ?? "");
                await search.RequireAsync(wanted, stop);
                await accounts.MoveAsync(account, wanted, stop);
            },
            account => $"The home server of {account.Email} is {home} now.", stop);

    public Task<IActionResult> OnPostRemoveAsync(string address, string? domain, string? version, string? confirmed, CancellationToken stop) =>
        ChangeAsync(address, domain, version, (accounts, account) =>
        {
            if (!account.Email.Equals(confirmed?.Trim(), StringComparison.OrdinalIgnoreCase))
                throw new AccountException($"Nothing was deleted: type {account.Email} to be sure.");
            return accounts.RemoveAsync(account, stop);
        }, account => $"{account.Email} is deleted.", stop, "/people");

    public async Task<IActionResult> OnPostSignOutAsync(string address, string? domain, string? id, CancellationToken stop)
    {
        var account = await AccountApi.FindToChangeAsync(HttpContext, services.AccountsFor(Who), homes, address, domain, stop);
        if (!await live.SignOutAsync(account, id ?? "", stop)) return Refuse("That sign-in has ended already.");
        await NoteSignOutAsync(account, id!);
        return Tell("Signed out there.");
    }

    public async Task<IActionResult> OnPostSignOutAllAsync(string address, string? domain, CancellationToken stop)
    {
        var account = await AccountApi.FindToChangeAsync(HttpContext, services.AccountsFor(Who), homes, address, domain, stop);
        await live.SignOutAsync(account, stop);
        await NoteSignOutAsync(account, "all");
        return Tell($"{account.Email} is signed out everywhere.");
    }

    private Task NoteSignOutAsync(Account account, string which) =>
        services.Audit.AddAsync(AuditEntry.Of(Who, "account.signout", account.Email, account.Domain, new { SignIns = which }));

    private async Task<IActionResult> ChangeAsync(
        string address, string? domain, string? version, Func<AdministeredAccounts, Account, Task> change, Func<Account, string> done, CancellationToken stop,
        string? then = null)
    {
        var accounts = services.AccountsFor(Who, version ?? "");
        var account = await AccountApi.FindToChangeAsync(HttpContext, accounts, homes, address, domain, stop);
        await change(accounts, account);
        await kept.SeeAsync(stop);
        return Tell(done(account), then);
    }
}
