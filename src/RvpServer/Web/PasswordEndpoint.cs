using System.Net;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Web;

/// <summary>
/// <c>POST session/password</c> with address, old and new password: users change their own. All sessions and sign-ins with the old one end; the browser that
/// asks gets a new session.
/// </summary>
internal sealed class PasswordEndpoint(PasswordChange passwords, WebSessions sessions, RvpSettings settings)
{
    private const int MaxFormBytes = 8192;

    private const string NoForm = "The body must be a JSON object with the texts address, old and new.";

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        var form = await JsonForm.ReadAsync<Form>(context, MaxFormBytes, settings.Limits.BodyTimeout, NoForm);
        if (form.Address.Any(char.IsControl)) throw new RvpException(NoForm);
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

    private sealed record Form(string Address, string Old, string New);
}
