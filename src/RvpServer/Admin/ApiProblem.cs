using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using RvpServer.Administration;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Admin;

/// <summary>What did not go well, as the API says it: problem details with a word for programs. [RFC 9457]</summary>
internal static class ApiProblem
{
    /// <summary>The member with the word.</summary>
    public const string KindMember = "kind";

    /// <summary>The words; the command line tells store and directory from all others.</summary>
    public const string Account = "account", Changed = "changed", Directory = "directory", Request = "request", Role = "role", Store = "store";

    /// <summary>Has everything behind it answer with problem details. What nobody expected goes on to Kestrel, which logs it and answers 500.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
        }
        catch (Exception failure) when (!context.Response.HasStarted && Find(failure) is { } problem)
        {
            if (failure is ChangedMeanwhileException changed) Describe(context, problem, changed);
            await WriteAsync(context, problem);
        }
    });

    /// <summary>Writes one.</summary>
    public static Task WriteAsync(HttpContext context, int status, string kind, string detail) => WriteAsync(context, Make(status, kind, detail));

    private static Task WriteAsync(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        return context.Response.WriteAsJsonAsync(problem, JsonSerializerOptions.Web, "application/problem+json", context.RequestAborted);
    }

    private static ProblemDetails Make(int status, string kind, string detail) => new()
    {
        Status = status,
        Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
        Detail = detail,
        Extensions = { [KindMember] = kind },
    };

    private static ProblemDetails? Find(Exception failure) => failure switch
    {
        ApiRefusal refusal => Make(refusal.Status, Request, refusal.Message),
        NotAllowedException => Make(StatusCodes.Status403Forbidden, Role, failure.Message),
        ChangedMeanwhileException => Make(StatusCodes.Status412PreconditionFailed, Changed, failure.Message),
        AccountException => Make(StatusCodes.Status422UnprocessableEntity, Account, failure.Message),
        StoreException => Make(StatusCodes.Status503ServiceUnavailable, Store, failure.Message),
        DirectoryException => Make(StatusCodes.Status503ServiceUnavailable, Directory, failure.Message),
        BadHttpRequestException { InnerException: JsonException json } bad => Make(bad.StatusCode, Request, Explain(json)),
        BadHttpRequestException bad => Make(bad.StatusCode, Request, bad.Message),
        JsonException json => Make(StatusCodes.Status400BadRequest, Request, Explain(json)),
        _ => null,
    };

    // Without the names of our own types, which say nothing to others.
    private static string Explain(JsonException failure)
    {
        var place = failure.LineNumber is { } line ? string.Create(null, $" (line {line + 1}, byte {failure.BytePositionInLine + 1})") : "";
        return failure.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? $"The body has a member that is unknown here at {failure.Path}{place}."
            : $"The body is not the JSON that belongs here, at {failure.Path ?? "$"}{place}; /api/v1/openapi.json says what does.";
    }

    private static void Describe(HttpContext context, ProblemDetails problem, ChangedMeanwhileException changed)
    {
        var homes = context.RequestServices.GetRequiredService<UserHomes>();
        problem.Extensions["current"] = changed.Now is { } now ? ApiAccount.Of(now, homes) : null;
        problem.Extensions["change"] = changed.Change is { } change ? ApiAuditEntry.Of(change) : null;
    }
}
