using System.Net;
using Rvp.Protocol;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Web;

/// <summary><c>POST session/name</c> with a name: people say themselves how they are called, where no other directory says it.</summary>
internal sealed class NameEndpoint(WebSessions sessions, AdminServices admin, IKeepsAccounts kept, RvpSettings settings)
{
    private const int MaxFormBytes = 2048;

    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        JsonForm.Require(context.Request);
        var result = await sessions.AuthenticateAsync(context, server, stop);
        if (result is not AuthenticationResult.Proven { Account: var account })
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        var form = await JsonForm.ReadAsync<Form>(
            context, MaxFormBytes, settings.Limits.BodyTimeout, "The body must be a JSON object with the text displayName.");
        try
        {
            await admin.ChangeOwnNameAsync(account, form.DisplayName, context.Connection.RemoteIpAddress ?? IPAddress.None, stop);
        }
        catch (AccountException refused)
        {
            throw new RvpException(refused.Message);
        }
        await kept.LookAsync(stop);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private sealed record Form(string DisplayName);
}
