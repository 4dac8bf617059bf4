using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
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
        context.IsWebClient = BrowserRequest.IsWebClient(context.Http);
        if (claimed is not null && await FindHomeAsync(context, claimed) is { } home) context.Realm = home;
        var result = context.IsWebClient
            ? await sessions.AuthenticateAsync(context.Http, context.Server, context.Node.Account, context.Stop)
            : await authenticator.AuthenticateAsync(context.Http, context.Realm, context.Node.Account, context.Stop);
        context.Caller = result switch
        {
            AuthenticationResult.Proven proven => await ProveAsync(context, proven, claimed),
            AuthenticationResult.NoCredentials => await AssertAsync(context, claimed, result),
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

    // The home server of a person of another domain that this process hosts too: it knows the person's password, and nobody else could say who it is.
    private async ValueTask<VirtualServer?> FindHomeAsync(RvpContext context, RvpUrl claimed)
    {
        var domain = domains.Find(claimed.Host)?.Name;
        if (domain is null || domain == context.Server.Domain || context.IsWebClient || !federated.Include(domain)) return null;
        context.Claimed ??= await waits.LocateAsync(claimed, context.Node.Account, context.Address, context.Stop);
        return context.Claimed.Value.Location is NodeLocation.Here here ? here.Server : null;
    }

    private async ValueTask<CallerIdentity> ProveAsync(RvpContext context, AuthenticationResult.Proven proven, RvpUrl? claimed)
    {
        RequestMarks.Of(context.Http).ProvenName = proven.Account.Name;
        var principal = claimed is null ? locator.Of(proven.Account) : context.Claimed ?? await waits.LocateAsync(context, claimed, proven.Account);
        var isOwn = ReferenceEquals(principal.Account, proven.Account) || principal.Url.Equals(locator.UrlOf(proven.Account));
        // For another domain the caller is a stranger, asserted by the caller's own server.
        var proof = context.Realm.Domain == context.Server.Domain ? proven.Proof : Credentials.Assertion;
        return isOwn
            ? new CallerIdentity(new Caller(principal.Url, proof), proven) { Principal = principal }
            : new CallerIdentity(Caller.Nobody, proven) { Refusal = Refusal.NotYou };
    }

    private async ValueTask<CallerIdentity> AssertAsync(RvpContext context, RvpUrl? claimed, AuthenticationResult result)
    {
        if (claimed is null) return new CallerIdentity(Caller.Nobody, result);
        var principal = context.Claimed ?? await waits.LocateAsync(claimed, context.Node.Account, context.Address, context.Stop);
        if (principal.Location is NodeLocation.Foreign && federated.Exclude(principal.Url.Host))
            return new CallerIdentity(Caller.Nobody, result) { Principal = principal, Refusal = Refusal.DomainKeptOut };
        var isBelieved = !context.IsWebClient && await IsBelievedAsync(context, principal);
        return new CallerIdentity(isBelieved ? new Caller(principal.Url, Credentials.Assertion) : Caller.Nobody, result) { Principal = principal };
    }

    // Behind a proxy that is not listed, the address is the proxy's and not the sender's.
    private async ValueTask<bool> IsBelievedAsync(RvpContext context, NodeEntry principal) =>
        !FrontProxies.HidesCaller(context.Http) && await trust.IsBelievedAsync(principal, context.Address, context.Stop);
}
