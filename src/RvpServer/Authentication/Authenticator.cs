using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Net.Http.Headers;
using Rvp.Protocol;
using RvpServer.Authentication.Digest;
using RvpServer.Authentication.Ntlm;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Authentication;

/// <summary>
/// Finds out who sent a request, and writes the challenges of a 401. No request makes it throw: whatever a stranger writes, some
/// <see cref="AuthenticationResult"/> says what to do. One object serves all virtual servers.
/// </summary>
internal sealed class Authenticator
{
    private static readonly AuthenticationResult NoCredentials = new AuthenticationResult.NoCredentials();

    private static readonly AuthenticationResult TwoHeaders =
        new AuthenticationResult.Malformed(Refusal.BadRequest("There must be one Authorization header, not several."));

    private readonly IReadOnlyList<Scheme> _schemes;
    private readonly PasswordCheck _passwords;
    private readonly DigestHandler _digest;
    private readonly NtlmHandler _ntlm;

    /// <summary>Takes settings that <see cref="AuthenticationSettings.Validate"/> found no mistake in.</summary>
    public Authenticator(AuthenticationSettings settings, IDirectory directory, TimeProvider clock, ILogger<Authenticator> logger)
    {
        _passwords = new PasswordCheck(directory, new Throttle(clock), clock, logger);
        _schemes = settings.Schemes;
        _digest = new DigestHandler(_passwords, clock);
        _ntlm = new NtlmHandler(settings, directory, _passwords, logger);
    }

    /// <summary>
    /// Who sent this request, by its Authorization header or its NTLM connection. <paramref name="ntlmAllowed"/> is false where connections are
    /// shared by several people, as behind a front proxy. May take some seconds after a wrong password.
    /// </summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, bool ntlmAllowed, CancellationToken stop)
    {
        var headers = context.Request.Headers.Authorization;
        if (headers.Count > 1) return ValueTask.FromResult(TwoHeaders);
        var header = headers.ToString().Trim();
        var items = NtlmItems(context, ntlmAllowed);
        if (header.Length == 0) return items is null ? ValueTask.FromResult(NoCredentials) : _ntlm.FindOwnerAsync(items, server, stop);

        var blank = header.IndexOf(' ', StringComparison.Ordinal);
        var scheme = blank < 0 ? header : header[..blank];
        var rest = blank < 0 ? "" : header[(blank + 1)..].Trim();
        if (scheme.Equals(NtlmHandler.SchemeName, StringComparison.OrdinalIgnoreCase) && items is not null)
            return _ntlm.AuthenticateAsync(context, items, server, rest, stop);
        if (items is not null) NtlmConnection.EndExchange(items);
        if (scheme.Equals("Digest", StringComparison.OrdinalIgnoreCase) && _schemes.Contains(Scheme.Digest))
            return _digest.AuthenticateAsync(context, server, rest, stop);
        return ValueTask.FromResult(NoCredentials);
    }

    /// <summary>Judges a password that a person typed into a form; it takes the same road as every other proof, holding off included.</summary>
    public ValueTask<AuthenticationResult> ProvePasswordAsync(HttpContext context, VirtualServer server, string userName, string password, CancellationToken stop)
    {
        var claim = Claim.Of(server.Domain, userName, context.Connection.RemoteIpAddress);
        return _passwords.JudgeAsync(claim, Credentials.Internal, secrets => TypedPassword.IsRight(secrets, server.Domain, password) ? Verdict.Right : Verdict.Wrong, stop);
    }

    /// <summary>Writes the WWW-Authenticate headers of a 401: the one that an NTLM exchange goes on with, or all schemes in their order.</summary>
    public void Challenge(HttpContext context, VirtualServer server, AuthenticationResult result, bool ntlmAllowed)
    {
        if (result is AuthenticationResult.Handshake handshake)
        {
            context.Response.Headers.WWWAuthenticate = handshake.Challenge;
            return;
        }
        var isStale = result is AuthenticationResult.Failed { IsStale: true };
        foreach (var scheme in _schemes)
        {
            if (scheme == Scheme.Digest) context.Response.Headers.Append(HeaderNames.WWWAuthenticate, _digest.Challenge(server, isStale));
            else if (scheme == Scheme.Ntlm && NtlmItems(context, ntlmAllowed) is not null)
                context.Response.Headers.Append(HeaderNames.WWWAuthenticate, NtlmHandler.SchemeName);
        }
    }

    /// <summary>Where a connection keeps its NTLM state; null where NTLM cannot be used: it needs requests that come one after another (not HTTP/2).</summary>
    private IDictionary<object, object?>? NtlmItems(HttpContext context, bool ntlmAllowed) =>
        ntlmAllowed && _schemes.Contains(Scheme.Ntlm) && (HttpProtocol.IsHttp11(context.Request.Protocol) || HttpProtocol.IsHttp10(context.Request.Protocol))
            ? context.Features.Get<IConnectionItemsFeature>()?.Items : null;
}
