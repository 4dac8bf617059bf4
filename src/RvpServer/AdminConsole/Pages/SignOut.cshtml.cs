using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Ends the session, also for copies of its cookie.</summary>
internal sealed class SignOutModel : ConsolePage
{
    public async Task<IActionResult> OnPostAsync()
    {
        await HttpContext.SignOutAsync(ConsoleRegistration.Scheme);
        return LocalRedirect("/sign-in");
    }
}
