using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rvp.Protocol;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Runtime;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Makes the first administrator.</summary>
[AllowAnonymous]
internal sealed class FirstModel(
    FirstAdministrator first, AdminProof proof, ConsoleSessions sessions, AdminServices services, UserHomes homes, ImDomains domains, IKeepsAccounts kept)
    : PageModel
{
    public bool IsGood { get; private set; }

    public string? Problem { get; private set; }

    public string Code { get; private set; } = "";

    public string Address { get; private set; } = "";

    public string? Display { get; private set; }

    /// <summary>For the example in the form.</summary>
    public string ExampleHost => "@" + domains.All[0].ExampleMailDomain;

    public void OnGet(string? code) => Show(code);

    public async Task<IActionResult> OnPostAsync(string? code, string? address, string? display, string? password, CancellationToken stop)
    {
        Show(code);
        (Address, Display) = (address ?? "", display);
        if (!IsGood) return Refuse(StatusCodes.Status403Forbidden, "");
        if (!AdminProof.IsPrivate(HttpContext)) return Refuse(StatusCodes.Status403Forbidden, AdminProof.NeedsTls);
        if (!ImAddress.TryParse(address, out var parsed)) return Refuse(StatusCodes.Status400BadRequest, "That is no IM address.");
        AuthenticationResult.Proven? proven = null;
        try
        {
            await first.MakeAsync(code, parsed, async who =>
            {
                await EnableAsync(who, parsed, display, password ?? "", stop);
                proven = await proof.ProveAsync(HttpContext, Address, password ?? "") as AuthenticationResult.Proven
                    ?? throw new AccountException("The account is there, but that is not its password.");
            }, stop);
        }
        catch (Exception failure) when (failure is AccountException or UnavailableException)
        {
            return Refuse(StatusCodes.Status409Conflict, failure.Message);
        }
        await sessions.BeginAsync(HttpContext, proven!);
        return LocalRedirect("/");
    }

    private async Task EnableAsync(Administrator who, ImAddress address, string? display, string password, CancellationToken stop)
    {
        var accounts = services.AccountsFor(who);
        var domain = homes.GetDomain(address).Name;
        if (await accounts.FindAsync(address, domain, stop) is not null) return;
        var shown = string.IsNullOrWhiteSpace(display) ? null : display.Trim();
        await accounts.AddAsync(new NewAccount(domain, address, shown, homes.GetHome(domain, null), accounts.NeedsPassword ? password : null), stop);
        await kept.LookAsync(stop);
    }

    private void Show(string? code) => (Code, IsGood) = (code ?? "", first.IsGood(code));

    private PageResult Refuse(int status, string text)
    {
        Problem = text;
        Response.StatusCode = status;
        return Page();
    }
}
