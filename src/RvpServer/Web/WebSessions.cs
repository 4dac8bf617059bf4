using Microsoft.AspNetCore.DataProtection;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;

namespace RvpServer.Web;

/// <summary>
/// Sessions of the web client: an encrypted ticket in a cookie that scripts cannot read and other sites cannot send. No session is kept on the server, so
/// sessions survive restarts; only the ids of signed-out ones are remembered, until their tickets expire.
/// </summary>
internal sealed class WebSessions(IDataProtectionProvider keys, IDirectory directory, TimeProvider clock)
{
    /// <summary>How long an unused session lasts: a working day.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    // Often enough to extend the session, seldom enough that most answers contain no cookie.
    private static readonly TimeSpan WorthRenewing = TimeSpan.FromHours(1);

    // Sessions that were signed out within twelve hours.
    private const int MaxSignedOut = 100_000;

    private static readonly AuthenticationResult NoSession = new AuthenticationResult.NoCredentials();
    private static readonly AuthenticationResult Unavailable = new AuthenticationResult.Unavailable();
    private static readonly AuthenticationResult Foreign = new AuthenticationResult.Malformed(Refusal.ForeignPage);

    private readonly IDataProtector protector = keys.CreateProtector("RvpServer.WebSession");
    private readonly LruMap<Guid, bool> signedOut = new(MaxSignedOut);
    private readonly Lock signedOutLock = new();

    /// <summary>With https a name with the prefix __Host-, so that neither a sibling host nor an unencrypted answer can set it.</summary>
    public static string CookieName(HttpRequest request) => request.IsHttps ? "__Host-rvp-session" : "rvp-session";

    /// <summary>The account of the session that a request belongs to; sometimes renews the cookie.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, CancellationToken stop) =>
        AuthenticateAsync(context, server, known: null, stop);

    /// <summary>The same with an account that was looked up for this request already.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, Account? known, CancellationToken stop)
    {
        if (context.Request.Cookies[CookieName(context.Request)] is not { } cookie) return NoSession;
        if (!BrowserRequest.IsOwn(context.Request)) return Foreign;
        var now = clock.GetUtcNow();
        if (!SessionTicket.TryOpen(cookie, protector, out var ticket) || ticket.Domain != server.Domain || now - ticket.IssuedAt >= Lifetime
            || IsSignedOut(ticket.Id))
        {
            return NoSession;
        }
        try
        {
            var account = await directory.FindAsync(ticket.Domain, ticket.Name, known, stop);
            if (account is not { IsEnabled: true } || await directory.FindStampAsync(account, stop) != ticket.Stamp) return NoSession;
            if (now - ticket.IssuedAt >= WorthRenewing) Write(context, ticket with { IssuedAt = now });
            return new AuthenticationResult.Proven(account, Credentials.Internal, ticket.Stamp);
        }
        catch (DirectoryException)
        {
            return Unavailable;
        }
    }

    /// <summary>Begins a session for an account whose password was proven.</summary>
    public void Begin(HttpContext context, AuthenticationResult.Proven proven) =>
        Write(context, new SessionTicket(Guid.NewGuid(), proven.Account.Domain, proven.Account.Name, clock.GetUtcNow(), proven.Stamp));

    /// <summary>Ends the request's session, also for copies of its cookie.</summary>
    public void End(HttpContext context)
    {
        var name = CookieName(context.Request);
        if (SessionTicket.TryOpen(context.Request.Cookies[name], protector, out var ticket))
        {
            lock (signedOutLock) signedOut.Set(ticket.Id, true);
        }
        context.Response.Cookies.Delete(name, Options(context, TimeSpan.Zero));
    }

    private bool IsSignedOut(Guid id)
    {
        lock (signedOutLock) return signedOut.TryGet(id, out _);
    }

    private void Write(HttpContext context, SessionTicket ticket) =>
        context.Response.Cookies.Append(CookieName(context.Request), ticket.Seal(protector), Options(context, Lifetime));

    private static CookieOptions Options(HttpContext context, TimeSpan maxAge) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = maxAge,
    };
}
