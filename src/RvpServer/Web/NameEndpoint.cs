using System.Net;
using System.Text.Json;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary><c>POST session/name</c> with a name: people say themselves how they are called, where no other directory says it.</summary>
internal sealed class NameEndpoint(WebSessions sessions, AdminServices admin, IKeepsAccounts kept, RvpSettings settings)
{
    private const int MaxFormBytes = 2048;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        if (BrowserRequest.IsForeign(context.Request)) throw new RvpException(Refusal.ForeignPage);
        // A form of another site's page cannot send JSON.
        if (!context.Request.HasJsonContentType()) throw new RvpException(Refusal.NotAForm);
        var result = await sessions.AuthenticateAsync(context, server, stop);
        if (result is not AuthenticationResult.Proven { Account: var account })
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        var name = Read((await BodyReader.ReadAsync(context, MaxFormBytes, settings.Limits.BodyTimeout, stop)).Span);
        try
        {
            await admin.ChangeOwnNameAsync(account, name, context.Connection.RemoteIpAddress ?? IPAddress.None, stop);
        }
        catch (AccountException refused)
        {
            throw new RvpException(refused.Message);
        }
        await kept.LookAsync(stop);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static string Read(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize<Form>(body, Json) is { } form) return form.DisplayName;
        }
        catch (JsonException)
        {
            // Refused below, like null.
        }
        throw new RvpException("The body must be a JSON object with the text displayName.");
    }

    private sealed record Form(string DisplayName);
}
