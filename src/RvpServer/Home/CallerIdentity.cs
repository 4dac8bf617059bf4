using System.Net;
using System.Security.Claims;
using System.Security.Principal;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Web;
using SourceCheck = RvpServer.Federation.SourceCheck;

namespace RvpServer.Home;

/// <summary>Who a request is from: what was proven, together with what RVP-From-Principal says.</summary>
/// <param name="authenticator">Judges proofs.</param>
/// <param name="names">Canonical names.</param>
/// <param name="sourceCheck">Judges assertions; null: none is believed.</param>
/// <param name="sessions">Sessions of the web client.</param>
internal sealed class CallerIdentity(Authenticator authenticator, PrincipalNames names, SourceCheck? sourceCheck, WebSessions sessions)
{
    /// <summary>
    /// The caller, or why the request goes no further. A local account's assertion never counts; another organisation's counts only where
    /// the source check believes it; else the request is from nobody and will be asked for proof. [rvp-protocol, whom to believe]
    /// </summary>
    public async ValueTask<Identified> IdentifyAsync(HttpContext context, VirtualServer server, CancellationToken stop)
    {
        RvpUrl? claimed = null;
        var header = context.Request.Headers[RvpHeaders.FromPrincipal];
        if (header.Count > 1) throw new RvpException("RVP-From-Principal is given more than once.");
        if (header.Count == 1 && !string.IsNullOrWhiteSpace(header[0]))
        {
            if (!RvpUrl.TryParse(header[0], out claimed)) throw new RvpException("RVP-From-Principal is not the http URL of a node or a server.");
            claimed = await names.CanonicalAsync(claimed, stop);
        }

        var isWebClient = BrowserRequest.IsWebClient(context);
        var result = isWebClient
            ? await sessions.AuthenticateAsync(context, server, stop)
            : await authenticator.AuthenticateAsync(context, server, !FrontProxies.CameThroughProxy(context), stop);
        switch (result)
        {
            case AuthenticationResult.Proven proven:
                return Prove(context, proven, claimed);
            case AuthenticationResult.NoCredentials:
                return new Identified(isWebClient ? Caller.Nobody : await AssertAsync(context, claimed, stop), null, result);
            case AuthenticationResult.Throttled throttled:
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(throttled.RetryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return new Identified(Caller.Nobody, Refusal.TooManyAttempts, result);
            case AuthenticationResult.Malformed malformed:
                return new Identified(Caller.Nobody, malformed.Refusal, result);
            case AuthenticationResult.Unavailable:
                throw new DirectoryException("no secrets at the moment");
            default:
                return new Identified(Caller.Nobody, Refusal.ProofNeeded, result);
        }
    }

    /// <summary>Writes the challenges of a 401; to the web client one that makes no browser ask for a password.</summary>
    public void Challenge(HttpContext context, VirtualServer server, AuthenticationResult result)
    {
        if (BrowserRequest.IsWebClient(context)) context.Response.Headers.WWWAuthenticate = SessionEndpoint.Challenge;
        else authenticator.Challenge(context, server, result, !FrontProxies.CameThroughProxy(context));
    }

    private Identified Prove(HttpContext context, AuthenticationResult.Proven proven, RvpUrl? claimed)
    {
        context.User = new ClaimsPrincipal(new GenericIdentity(proven.Account.Name, proven.Proof.ToString()));
        var own = names.UrlOf(proven.Account);
        return claimed is not null && !claimed.Equals(own)
            ? new Identified(Caller.Nobody, Refusal.NotYou, proven)
            : new Identified(new Caller(claimed ?? own, proven.Proof), null, proven);
    }

    private async ValueTask<Caller> AssertAsync(HttpContext context, RvpUrl? claimed, CancellationToken stop) =>
        claimed is not null && sourceCheck is not null && await sourceCheck.IsBelievedAsync(claimed, context.Connection.RemoteIpAddress ?? IPAddress.None, stop)
            ? new Caller(claimed, Credentials.Assertion)
            : Caller.Nobody;
}

/// <summary>The caller, and where the request goes no further the refusal.</summary>
internal readonly record struct Identified(Caller Caller, Refusal? Refusal, AuthenticationResult Authentication);
