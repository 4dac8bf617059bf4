using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>Who asks for something of their own beside RVP: by the proof of any RVP request, or by the web client's session.</summary>
internal sealed class OwnerProof(Authenticator authenticator, WebSessions sessions, NodeLocator locator)
{
    /// <summary>The account, which is at home on this server; null: the request has been answered. Throws <see cref="RvpException"/>.</summary>
    public async Task<Account?> ProveAsync(HttpContext context, VirtualServer server)
    {
        var isBrowser = BrowserRequest.IsWebClient(context);
        var result = isBrowser
            ? await sessions.AuthenticateAsync(context, server, context.RequestAborted)
            : await authenticator.AuthenticateAsync(context, server, known: null, context.RequestAborted);
        if (result is not AuthenticationResult.Proven { Account: var account })
        {
            await RefuseAsync(context, server, result, isBrowser);
            return null;
        }
        RequestMarks.Of(context).ProvenName = account.Name;
        if (locator.Of(account).Location is not NodeLocation.Here here || here.Server != server) throw new RvpException(Refusal.NoSuchNode);
        return account;
    }

    private Task RefuseAsync(HttpContext context, VirtualServer server, AuthenticationResult result, bool isBrowser)
    {
        if (isBrowser || result is AuthenticationResult.Malformed or AuthenticationResult.Throttled or AuthenticationResult.Unavailable)
            return SessionEndpoint.RefuseAsync(context, result);
        authenticator.Challenge(context, server, result);
        return AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.ProofNeeded));
    }
}
