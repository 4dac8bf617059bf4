using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Net.Http.Headers;
using Rvp.Protocol;
using RvpServer.Authentication.Basic;
using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Negotiate;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Http;
using RvpServer.Runtime;

namespace RvpServer.Authentication;

/// <summary>
/// Finds out who sent a request, and writes the challenges of a 401. No request makes it throw: for everything that a stranger may send, some
/// <see cref="AuthenticationResult"/> says what to do. One object serves all virtual servers.
/// </summary>
internal sealed class Authenticator
{
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();

    private static readonly AuthenticationResult TwoHeaders =
        new AuthenticationResult.Malformed(Refusal.BadRequest("There must be one Authorization header, not several."));

    private readonly IReadOnlyList<Scheme> schemes;
    private readonly DigestHandler digest;
    private readonly NtlmHandler ntlm;
    private readonly NegotiateHandler? negotiate;
    private readonly BasicHandler basic;
    private readonly ProofMetrics metrics;

    public Authenticator(AuthenticationOptions settings, WindowsNames names, IDirectory directory, ExternalAuthenticators judges, KnownAddresses known,
        AbuseLog abuse, ProofMetrics metrics, TimeProvider clock, ILogger<Authenticator> logger)
    {
        this.metrics = metrics;
        Throttle = new Throttle(settings.Guesses, known, clock);
        var passwords = new PasswordCheck(directory, Throttle, abuse, clock, logger);
        schemes = settings.Schemes;
        digest = new DigestHandler(passwords, clock);
        ntlm = new NtlmHandler(settings.AllowNtlmV1, names, directory, passwords, judges.AskDomain, clock, logger);
        negotiate = judges.AcceptTicket is { } accept ? new NegotiateHandler(names, directory, accept, ntlm, logger) : null;
        basic = new BasicHandler(passwords, judges.AskDirectory);
    }

    /// <summary>Makes guessing slow, by whichever scheme.</summary>
    public Throttle Throttle { get; }

    /// <summary>
    /// Checks a name and a password that a person typed into a form, in the same way as all proofs. <paramref name="name"/> may be an address. Call it only
    /// over TLS, or on this machine.
    /// </summary>
    public ValueTask<AuthenticationResult> ProvePasswordAsync(VirtualServer server, string name, string password, IPAddress address, CancellationToken stop) =>
        CountAsync("Form", basic.ProveAsync(server, name, password, address, known: null, stop));

    /// <summary>
    /// Finds who sent this request, by its Authorization header or its NTLM connection. May take some seconds after a wrong password.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="server">Which virtual server was asked.</param>
    /// <param name="known">An account that was looked up for this request already; null: none was.</param>
    /// <param name="stop">Ends the waiting.</param>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, Account? known, CancellationToken stop)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers.Count > 1) return ValueTask.FromResult(TwoHeaders);
        var header = headers.ToString().AsSpan().Trim();
        var items = NtlmItems(context);
        if (header.Length == 0) return items is null ? ValueTask.FromResult(NoCredentials) : ntlm.FindOwnerAsync(items, server, known, stop);

        var blank = header.IndexOf(' ');
        var scheme = blank < 0 ? header : header[..blank];
        var rest = blank < 0 ? default : header[(blank + 1)..].Trim();
        if (scheme.Equals(NtlmHandler.SchemeName, StringComparison.OrdinalIgnoreCase) && items is not null)
            return CountAsync(NtlmHandler.SchemeName, ntlm.AuthenticateAsync(context, items, server, NtlmHandler.SchemeName, rest.ToString(), stop));
        if (scheme.Equals(NegotiateHandler.SchemeName, StringComparison.OrdinalIgnoreCase) && negotiate is not null && TakesTickets(context))
            return CountAsync(NegotiateHandler.SchemeName, negotiate.AuthenticateAsync(context, items, server, rest.ToString(), stop));
        if (items is not null) NtlmConnection.EndExchange(items);
        if (scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase) && schemes.Contains(Scheme.Digest))
            return CountAsync("Digest", digest.AuthenticateAsync(context, server, rest, known, stop));
        if (scheme.Equals(BasicHandler.SchemeName, StringComparison.OrdinalIgnoreCase) && schemes.Contains(Scheme.Basic) && context.Request.IsHttps)
            return CountAsync(BasicHandler.SchemeName, basic.AuthenticateAsync(context, server, rest.ToString(), known, stop));
        return ValueTask.FromResult(NoCredentials);
    }

    /// <summary>Writes the WWW-Authenticate headers of a 401: the one that continues an NTLM exchange, or all schemes in their order.</summary>
    public void Challenge(HttpContext context, VirtualServer server, AuthenticationResult result)
    {
        if (result is AuthenticationResult.Handshake handshake)
        {
            context.Response.Headers.WWWAuthenticate = handshake.Challenge;
            return;
        }
        var isStale = result is AuthenticationResult.Failed { IsStale: true };
        context.Response.Headers.Remove(HeaderNames.WWWAuthenticate);
        foreach (var scheme in schemes)
        {
            string? challenge = scheme switch
            {
                Scheme.Digest => digest.Challenge(server, isStale),
                Scheme.Ntlm => NtlmItems(context) is null ? null : NtlmHandler.SchemeName,
                Scheme.Negotiate => TakesTickets(context) ? NegotiateHandler.SchemeName : null,
                Scheme.Basic => context.Request.IsHttps ? BasicHandler.Challenge(server) : null,
                _ => null,
            };
            if (challenge is not null) context.Response.Headers.Append(HeaderNames.WWWAuthenticate, challenge);
        }
    }

    private async ValueTask<AuthenticationResult> CountAsync(string scheme, ValueTask<AuthenticationResult> judged)
    {
        var result = await judged;
        metrics.Count(scheme, result);
        return result;
    }

    // A ticket proves one request; but it belongs to whoever talks to the proxy, and an unknown proxy may send it on wherever it likes.
    private bool TakesTickets(HttpContext context) => schemes.Contains(Scheme.Negotiate) && !FrontProxies.HidesCaller(context);

    /// <summary>
    /// Where a connection keeps its NTLM state; null if NTLM cannot be used: several people may share a proxy's connection, and requests must come one after
    /// another (not HTTP/2).
    /// </summary>
    private IDictionary<object, object?>? NtlmItems(HttpContext context) =>
        !FrontProxies.MayBeShared(context) && schemes.Contains(Scheme.Ntlm)
        && (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
            ? context.Features.Get<IConnectionItemsFeature>()?.Items : null;
}
