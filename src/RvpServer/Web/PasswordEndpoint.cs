using System.Net;
using System.Text.Json;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>
/// <c>POST session/password</c> with address, old and new password: users change their own. All sessions and sign-ins with the old one end; the browser that
/// asks gets a new session.
/// </summary>
internal sealed class PasswordEndpoint(PasswordChange passwords, WebSessions sessions, RvpSettings settings)
{
    private const int MaxFormBytes = 8192;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Strict) { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        if (BrowserRequest.IsForeign(context.Request)) throw new RvpException(Refusal.ForeignPage);
        // A form of another site's page cannot send JSON.
        if (!context.Request.HasJsonContentType()) throw new RvpException(Refusal.NotAForm);
        var body = await BodyReader.ReadAsync(context, MaxFormBytes, settings.Limits.BodyTimeout, stop);
        var form = Read(body.Span);
        var hadSession = await sessions.AuthenticateAsync(context, server, stop) is AuthenticationResult.Proven;
        AuthenticationResult result;
        try
        {
            var from = context.Connection.RemoteIpAddress ?? IPAddress.None;
            result = await passwords.ChangeAsync(server, form.Address, form.Old, form.New, from, stop);
        }
        catch (AccountException refused)
        {
            throw new RvpException(refused.Message);
        }
        if (result is not AuthenticationResult.Proven proven)
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        await sessions.EndAllAsync(proven.Account, stop);
        if (hadSession) await sessions.BeginAsync(context, proven, stop);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Form Read(ReadOnlySpan<byte> body)
    {
        try
        {
            if (JsonSerializer.Deserialize<Form>(body, Json) is { } form && !form.Address.Any(char.IsControl)) return form;
        }
        catch (JsonException)
        {
            // Refused below, like null.
        }
        throw new RvpException("The body must be a JSON object with the texts address, old and new.");
    }

    private sealed record Form(string Address, string Old, string New);
}
