using System.Net;
using System.Security.Claims;
using System.Security.Principal;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Http;
using RvpServer.Web;
using SourceCheck = RvpServer.Federation.SourceCheck;

namespace RvpServer.Home;

/// <summary>Who a request is from: what was proven, together with what RVP-From-Principal says.</summary>
/// <param name="authenticator">Judges proofs.</param>
/// <param name="locator">Finds accounts.</param>
/// <param name="domains">Which domains live here.</param>
/// <param name="fellows">Judges assertions about people of our own domains.</param>
/// <param name="sourceCheck">Judges assertions about other organisations' people; null: none is believed.</param>
/// <param name="sessions">Sessions of the web client.</param>
internal sealed class CallerIdentity(Authenticator authenticator, NodeLocator locator, ImDomains domains, FellowCheck fellows, SourceCheck? sourceCheck, WebSessions sessions)
{
    /// <summary>
    /// The caller, or why the request goes no further. The assertion of an account hosted here never counts; another home server's or
    /// organisation's counts only where it is believed; else the request is from nobody and will be asked for proof. [rvp-protocol, whom to believe]
    /// </summary>
    public async ValueTask<Identified> IdentifyAsync(HttpContext context, VirtualServer server, CancellationToken stop)
    {
        var claimed = await ClaimAsync(context, stop);
        var isWebClient = BrowserRequest.IsWebClient(context);
        var result = isWebClient
            ? await sessions.AuthenticateAsync(context, server, stop)
            : await authenticator.AuthenticateAsync(context, server, !FrontProxies.CameThroughProxy(context), stop);
        switch (result)
        {
            case AuthenticationResult.Proven proven:
                return Prove(context, proven, claimed);
            case AuthenticationResult.NoCredentials:
                return new Identified(isWebClient ? Caller.Nobody : await AssertAsync(context, claimed, stop), null, result) { Claimed = claimed };
            case AuthenticationResult.Throttled throttled:
                context.Response.Headers.RetryAfter = ((int)Math.Ceiling(throttled.RetryAfter.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return new Identified(Caller.Nobody, Refusal.TooManyAttempts, result);
            case AuthenticationResult.Malformed malformed:
                return new Identified(Caller.Nobody, malformed.Refusal, result);
            case AuthenticationResult.Unavailable:
                throw new DirectoryException("no secrets at the moment");
            // No password of ours proves someone of another domain, and old clients disconnect at a second challenge. [client: pidgin-librvp]
            case AuthenticationResult.Failed { IsStale: false } when claimed is not null && !domains.IsLocal(claimed.Host):
                return new Identified(Caller.Nobody, Refusal.NotYou, result);
            default:
                return new Identified(Caller.Nobody, Refusal.ProofNeeded, result);
        }
    }

    /// <summary>Whom RVP-From-Principal names, canonical; null where it is missing. Throws <see cref="RvpException"/> for what is no principal.</summary>
    public async ValueTask<RvpUrl?> ClaimAsync(HttpContext context, CancellationToken stop)
    {
        var header = context.Request.Headers[RvpHeaders.FromPrincipal];
        if (header.Count > 1) throw new RvpException("RVP-From-Principal is given more than once.");
        if (string.IsNullOrWhiteSpace(header.ToString())) return null;
        return RvpUrl.TryParse(header[0], out var claimed)
            ? (await locator.LocateAsync(claimed, stop)).Url
            : throw new RvpException("RVP-From-Principal is not the http URL of a node or a server.");
    }

    /// <summary>
    /// The caller of a property change: a server that signs with its own name is judged by the domain whose properties it tells. [spec]
    /// </summary>
    public async ValueTask<Caller> SpeakerAsync(HttpContext context, Identified identified, RvpUrl from, CancellationToken stop) =>
        identified.Claimed is { IsBareHost: true } ? await AssertAsync(context, from, stop) : identified.Caller;

    /// <summary>Answers with a refusal, a 401 with its challenges.</summary>
    public Task RefuseAsync(HttpContext context, VirtualServer server, Identified identified, Refusal refusal)
    {
        if (refusal.Status == StatusCodes.Status401Unauthorized)
        {
            // To the web client one that makes no browser ask for a password.
            if (BrowserRequest.IsWebClient(context)) context.Response.Headers.WWWAuthenticate = SessionEndpoint.Challenge;
            else authenticator.Challenge(context, server, identified.Authentication, !FrontProxies.CameThroughProxy(context));
        }
        return AnswerWriter.WriteAsync(context, new Answer.Refused(refusal));
    }

    private Identified Prove(HttpContext context, AuthenticationResult.Proven proven, RvpUrl? claimed)
    {
        context.User = new ClaimsPrincipal(new GenericIdentity(proven.Account.Name, proven.Proof.ToString()));
        var own = locator.UrlOf(proven.Account);
        return claimed is not null && !claimed.Equals(own)
            ? new Identified(Caller.Nobody, Refusal.NotYou, proven)
            : new Identified(new Caller(claimed ?? own, proven.Proof), null, proven);
    }

    private async ValueTask<Caller> AssertAsync(HttpContext context, RvpUrl? claimed, CancellationToken stop)
    {
        if (claimed is null) return Caller.Nobody;
        var source = context.Connection.RemoteIpAddress ?? IPAddress.None;
        var isBelieved = domains.IsLocal(claimed.Host)
            ? await fellows.IsBelievedAsync(claimed, source, stop)
            : sourceCheck is not null && await sourceCheck.IsBelievedAsync(claimed, source, stop);
        return isBelieved ? new Caller(claimed, Credentials.Assertion) : Caller.Nobody;
    }
}

/// <summary>The caller, and where the request goes no further the refusal.</summary>
internal readonly record struct Identified(Caller Caller, Refusal? Refusal, AuthenticationResult Authentication)
{
    /// <summary>RVP-From-Principal where nothing was proven.</summary>
    public RvpUrl? Claimed { get; init; }

    /// <summary>True for a stranger; whether a server is one shows only when it says whose news it brings.</summary>
    public bool IsNobody => Caller.Principal is null && Claimed is not { IsBareHost: true };
}
