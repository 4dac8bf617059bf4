using System.Security.Claims;
using System.Security.Principal;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Http;
using RvpServer.Web;

namespace RvpServer.Requests;

/// <summary>
/// <em>Identify</em>, the second stage: who asks, by what was proven together with what RVP-From-Principal says. A proof is judged once. The
/// assertion of an account hosted here never counts; another home server's or organisation's counts only where it is believed; else the request is
/// from nobody and will be asked for proof.
/// </summary>
internal sealed class IdentifyStage(Authenticator authenticator, WebSessions sessions, ImDomains domains, NodeLocator locator, SenderTrust trust)
{
    /// <summary>Finds the caller; where the request goes no further the result says why.</summary>
    public async ValueTask IdentifyAsync(RvpContext context)
    {
        var claimed = RequestHeaders.Principal(context.Http.Request.Headers);
        var isWebClient = BrowserRequest.IsWebClient(context.Http);
        var result = isWebClient
            ? await sessions.AuthenticateAsync(context.Http, context.Server, context.Node.Account, context.Stop)
            : await authenticator.AuthenticateAsync(
                context.Http, context.Server, context.Node.Account, !FrontProxies.CameThroughProxy(context.Http), context.Stop);
        context.Caller = result switch
        {
            AuthenticationResult.Proven proven => await ProveAsync(context, proven, claimed),
            AuthenticationResult.NoCredentials => await AssertAsync(context, claimed, isWebClient, result),
            AuthenticationResult.Throttled throttled => Refused(Refusal.TooManyAttempts) with { RetryAfter = throttled.RetryAfter },
            AuthenticationResult.Malformed malformed => Refused(malformed.Refusal),
            AuthenticationResult.Unavailable => throw new DirectoryException("no secrets at the moment"),
            // No password of ours proves someone of another domain, and old clients disconnect at a second challenge. [client: pidgin-librvp]
            AuthenticationResult.Failed { IsStale: false } when claimed is not null && !domains.IsLocal(claimed.Host) => Refused(Refusal.NotYou),
            _ => Refused(Refusal.ProofNeeded),
        };

        CallerIdentity Refused(Refusal refusal) => new(Caller.Nobody, result) { Refusal = refusal };
    }

    /// <summary>
    /// Who tells a property change: a server that signs with its own name is judged by the domain whose properties it tells. [spec]
    /// </summary>
    public async ValueTask<Caller> SpeakerAsync(RvpContext context, RvpUrl from)
    {
        if (!context.Caller.IsServer) return context.Caller.Caller;
        var isBelieved = await trust.IsBelievedAsync(await locator.LocateAsync(from, context.Stop), context.Address, context.Stop);
        return isBelieved ? new Caller(from, Credentials.Assertion) : Caller.Nobody;
    }

    private async ValueTask<CallerIdentity> ProveAsync(RvpContext context, AuthenticationResult.Proven proven, RvpUrl? claimed)
    {
        context.Http.User = new ClaimsPrincipal(new GenericIdentity(proven.Account.Name, proven.Proof.ToString()));
        var own = locator.Of(proven.Account);
        var principal = claimed is null ? own : context.Claimed ?? await locator.LocateAsync(claimed, proven.Account, context.Stop);
        return principal.Url.Equals(own.Url)
            ? new CallerIdentity(new Caller(principal.Url, proven.Proof), proven) { Principal = principal }
            : new CallerIdentity(Caller.Nobody, proven) { Refusal = Refusal.NotYou };
    }

    private async ValueTask<CallerIdentity> AssertAsync(RvpContext context, RvpUrl? claimed, bool isWebClient, AuthenticationResult result)
    {
        if (claimed is null) return new CallerIdentity(Caller.Nobody, result);
        var principal = context.Claimed ?? await locator.LocateAsync(claimed, context.Node.Account, context.Stop);
        var isBelieved = !isWebClient && await trust.IsBelievedAsync(principal, context.Address, context.Stop);
        return new CallerIdentity(isBelieved ? new Caller(principal.Url, Credentials.Assertion) : Caller.Nobody, result) { Principal = principal };
    }
}
