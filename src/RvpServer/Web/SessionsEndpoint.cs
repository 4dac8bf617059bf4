using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Web;

/// <summary>
/// <c>GET sessions</c>: where the user is signed in with a browser. <c>DELETE sessions?id=…</c> ends one of them, <c>DELETE sessions</c> all but the one that
/// asks.
/// </summary>
internal sealed class SessionsEndpoint(WebSessions sessions)
{
    public async Task HandleAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        var result = await sessions.AuthenticateAsync(context, server, stop);
        if (result is not AuthenticationResult.Proven { Account: var account })
        {
            await SessionEndpoint.RefuseAsync(context, result);
            return;
        }
        if (HttpMethods.IsGet(context.Request.Method)) await ListAsync(context, account, stop);
        else await EndAsync(context, account, stop);
    }

    private async Task ListAsync(HttpContext context, Account account, CancellationToken stop)
    {
        var own = sessions.IdOf(context);
        var found = await sessions.ListAsync(account, stop);
        await SessionEndpoint.WriteAsync(context, StatusCodes.Status200OK, new
        {
            sessions = found.Select(session => new
            {
                id = session.Id.ToString("N"),
                isThis = session.Id == own,
                begun = session.BegunAt.UtcDateTime,
                used = session.UsedAt.UtcDateTime,
                address = session.Address,
                browser = session.Browser,
            }),
        });
    }

    private async Task EndAsync(HttpContext context, Account account, CancellationToken stop)
    {
        if (!context.Request.Query.TryGetValue("id", out var text)) await sessions.EndOthersAsync(context, account, stop);
        else if (Guid.TryParseExact(text, "N", out var id)) await sessions.EndAsync(account, id, stop);
        else throw new RvpException("id is one of those that GET sessions lists.");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
