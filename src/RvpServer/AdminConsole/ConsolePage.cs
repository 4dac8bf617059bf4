using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Directories;
using RvpServer.Runtime;

namespace RvpServer.AdminConsole;

/// <summary>What all pages of the console have: who asks, and one way to say what was done and what is wrong.</summary>
internal abstract class ConsolePage : PageModel
{
    private const string ToldKey = "Told";
    private const string WrongKey = "Wrong";

    /// <summary>Who asks.</summary>
    public Administrator Who => ApiCaller.Of(HttpContext);

    /// <summary>True if they may change accounts of an IM domain.</summary>
    public bool MayChange(string domain) => Who.Has(AdminRole.Administrator, domain);

    /// <summary>What was typed, without blanks around it; null: nothing.</summary>
    protected static string? Typed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    /// <summary>True if they may see what is of the installation as a whole.</summary>
    public bool SeesAll => Who.Has(AdminRole.ViewOnly, domain: null);

    /// <summary>Shows a page again, which then says what was done.</summary>
    protected IActionResult Tell(string text, string? url = null)
    {
        TempData[ToldKey] = text;
        return LocalRedirect(url ?? Here);
    }

    /// <summary>Shows the page again, which then says what was wrong.</summary>
    protected IActionResult Refuse(string text)
    {
        TempData[WrongKey] = text;
        return LocalRedirect(Here);
    }

    // Without the name of what the form wanted.
    private string Here => HttpContext.Request.PathBase + HttpContext.Request.Path.ToUriComponent()
        + QueryString.Create(HttpContext.Request.Query.Where(part => part.Key != "handler"));

    /// <summary>A count, as people read it.</summary>
    public static string Count(long count, string one, string many) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many)}");

    /// <summary>Turns the refusals of the services into answers: of a page into its status, of a change into the page with a line that says why.</summary>
    public override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var done = await next();
        if (done.Exception is null || done.ExceptionHandled || StatusOf(done.Exception) is not { } status) return;
        done.ExceptionHandled = true;
        if (done.Exception is NotAllowedException refusal)
        {
            var what = $"{HttpContext.Request.Method} {HttpContext.Request.Path}";
            await HttpContext.RequestServices.GetRequiredService<AdminServices>().Audit
                .AddRefusedAsync(AuditEntry.Of(Who, "console", what, domain: null), refusal.Message);
        }
        if (HttpMethods.IsPost(HttpContext.Request.Method) && status is not StatusCodes.Status403Forbidden) done.Result = Refuse(done.Exception.Message);
        else
        {
            ConsoleProblem.Say(HttpContext, status, done.Exception.Message);
            done.Result = new EmptyResult();
        }
    }

    private static int? StatusOf(Exception failure) => failure switch
    {
        NotAllowedException => StatusCodes.Status403Forbidden,
        ApiRefusal refusal => refusal.Status,
        AccountException => StatusCodes.Status409Conflict,
        ChangedMeanwhileException => StatusCodes.Status409Conflict,
        UnavailableException => StatusCodes.Status503ServiceUnavailable,
        _ => null,
    };
}
