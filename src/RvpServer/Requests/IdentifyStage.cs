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
/// <em>Identify</em>, the second stage: who asks, from the proof together with RVP-From-Principal. A proof is checked once. The assertion of an account hosted
/// here never counts; that of another home server or organisation counts only if it is believed; otherwise the request is from nobody and will be asked for a
/// proof.
/// </summary>
internal sealed class IdentifyStage(Authenticator authenticator, WebSessions sessions, ImDomains domains, NodeLocator locator, Waits waits,
    FederatedDomains federated, SenderTrust trust)
{
    /// <summary>Finds the caller; if the request is refused, the result says why.</summary>
    public async ValueTask IdentifyAsync(RvpContext context)
    {
        var claimed = RequestHeaders.Principal(context.Http.Request.Headers);
        var isWebClient = BrowserRequest.IsWebClient(context.Http);
        var result = isWebClient
            ? await sessions.AuthenticateAsync(context.Http, context.Server, context.Node.Account, context.Stop)
            : await authenticator.AuthenticateAsync(context.Http, context.Server, context.Node.Account, context.Stop);
        context.Caller = result switch
        {
            AuthenticationResult.Proven proven => await ProveAsync(context, proven, claimed),
            AuthenticationResult.NoCredentials => await AssertAsync(context, claimed, isWebClient, result),
            AuthenticationResult.Throttled throttled => Refused(Refusal.TooManyAttempts) with { RetryAfter = throttled.RetryAfter },
            AuthenticationResult.Malformed malformed => Refused(malformed.Refusal),
            AuthenticationResult.Unavailable => throw new DirectoryException("no secrets at the moment"),
            // No password of ours proves someone in another domain, and old clients disconnect at a second challenge. [client: pidgin-librvp]
            AuthenticationResult.Failed { IsStale: false } when claimed is not null && !domains.IsLocal(claimed.Host) => Refused(Refusal.NotYou),
            _ => Refused(Refusal.ProofNeeded),
        };

        CallerIdentity Refused(Refusal refusal) => new(Caller.Nobody, result) { Refusal = refusal };
    }

    /// <summary>
    /// Who sends a property change: a server that uses its own name as principal is checked against the domain of the changed properties. [spec]
    /// </summary>
    public async ValueTask<Caller> SpeakerAsync(RvpContext context, RvpUrl from)
    {
        if (!context.Caller.IsServer) return context.Caller.Caller;
        var sender = await waits.LocateAsync(context, from);
        return await waits.ForAsync(context, Awaited.Names, IsBelievedAsync(context, sender)) ? new Caller(from, Credentials.Assertion) : Caller.Nobody;
    }

    private async ValueTask<CallerIdentity> ProveAsync(RvpContext context, AuthenticationResult.Proven proven, RvpUrl? claimed)
    {
        context.Http.User = new ClaimsPrincipal(new GenericIdentity(proven.Account.Name, proven.Proof.ToString()));
        var own = locator.Of(proven.Account);
        var principal = claimed is null ? own : context.Claimed ?? await waits.LocateAsync(context, claimed, proven.Account);
        return principal.Url.Equals(own.Url)
            ? new CallerIdentity(new Caller(principal.Url, proven.Proof), proven) { Principal = principal }
            : new CallerIdentity(Caller.Nobody, proven) { Refusal = Refusal.NotYou };
    }

    private async ValueTask<CallerIdentity> AssertAsync(RvpContext context, RvpUrl? claimed, bool isWebClient, AuthenticationResult result)
    {
        if (claimed is null) return new CallerIdentity(Caller.Nobody, result);
        var principal = context.Claimed ?? await waits.LocateAsync(claimed, context.Node.Account, context.Address, context.Stop);
        if (principal.Location is NodeLocation.Foreign && federated.Exclude(principal.Url.Host))
            return new CallerIdentity(Caller.Nobody, result) { Principal = principal, Refusal = Refusal.DomainKeptOut };
        var isBelieved = !isWebClient && await IsBelievedAsync(context, principal);
        return new CallerIdentity(isBelieved ? new Caller(principal.Url, Credentials.Assertion) : Caller.Nobody, result) { Principal = principal };
    }

    // Behind a proxy that is not listed, the address is the proxy's and not the sender's.
    private async ValueTask<bool> IsBelievedAsync(RvpContext context, NodeEntry principal) =>
        !FrontProxies.HidesCaller(context.Http) && await trust.IsBelievedAsync(principal, context.Address, context.Stop);
}
