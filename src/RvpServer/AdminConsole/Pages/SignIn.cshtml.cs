using System.Globalization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using RvpServer.Admin;
using RvpServer.Authentication;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Proves administrators.</summary>
[AllowAnonymous]
internal sealed class SignInModel(AdminProof proof, ConsoleSessions sessions) : PageModel
{
    public string Address { get; private set; } = "";

    public string? Problem { get; private set; }

    public void OnGet()
    {
        if (!AdminProof.IsPrivate(HttpContext)) Problem = AdminProof.NeedsTls;
    }

    public async Task<IActionResult> OnPostAsync(string? address, string? password, string? back)
    {
        Address = address ?? "";
        if (!AdminProof.IsPrivate(HttpContext)) return Refuse(StatusCodes.Status403Forbidden, AdminProof.NeedsTls);
        switch (await proof.ProveAsync(HttpContext, Address, password ?? ""))
        {
            case AuthenticationResult.Proven proven when (await proof.AdministratorOfAsync(proven.Account, HttpContext)).Grants.Count > 0:
                await sessions.BeginAsync(HttpContext, proven);
                return LocalRedirect(Url.IsLocalUrl(back) ? back : "/");
            case AuthenticationResult.Proven proven:
                return Refuse(
                    StatusCodes.Status403Forbidden, $"{proven.Account.Email} has no role: a Full Administrator gives one, or \"rvpserver admin grant\".");
            case AuthenticationResult.Throttled { RetryAfter: var wait }:
                Response.Headers.RetryAfter = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(wait.TotalSeconds)}");
                return Refuse(StatusCodes.Status429TooManyRequests, "Too many wrong passwords: try again later.");
            case AuthenticationResult.Unavailable:
                return Refuse(StatusCodes.Status503ServiceUnavailable, "The directory does not answer: try again later.");
            default:
                return Refuse(StatusCodes.Status403Forbidden, "The address or the password is wrong.");
        }
    }

    private PageResult Refuse(int status, string text)
    {
        Problem = text;
        Response.StatusCode = status;
        return Page();
    }
}
