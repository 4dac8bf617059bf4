using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace RvpServer.AdminConsole.Pages;

/// <summary>Why there is no page.</summary>
[AllowAnonymous, IgnoreAntiforgeryToken]
internal sealed class ProblemModel : PageModel
{
    private int Status => HttpContext.Response.StatusCode;

    public string Title => Status switch
    {
        StatusCodes.Status403Forbidden => "Not allowed",
        StatusCodes.Status404NotFound => "Not here",
        StatusCodes.Status503ServiceUnavailable => "Not at the moment",
        _ => "That did not work",
    };

    public string Text => HttpContext.Features.Get<ConsoleProblem>()?.Text ?? Status switch
    {
        // The check of forms writes no reason.
        StatusCodes.Status400BadRequest => "The page was too old: load it again, then send the form.",
        StatusCodes.Status404NotFound => "There is no such page.",
        StatusCodes.Status200OK => "Nothing is wrong.",
        _ => "The server cannot do that.",
    };
}
