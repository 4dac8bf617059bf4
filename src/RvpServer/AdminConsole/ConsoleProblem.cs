namespace RvpServer.AdminConsole;

/// <summary>Why a page is not shown; the page "problem" says it.</summary>
internal sealed record ConsoleProblem(string Text)
{
    /// <summary>Ends a request, with this status and reason.</summary>
    public static void Say(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Features.Set(new ConsoleProblem(text));
    }
}
