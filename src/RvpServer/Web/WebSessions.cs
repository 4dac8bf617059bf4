using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Web;

/// <summary>
/// Sessions of the web client: an encrypted ticket in a cookie that scripts cannot read and other sites cannot send, and a row in the store, without which the
/// ticket is worth nothing. So sessions survive restarts, and so do their ends.
/// </summary>
internal sealed class WebSessions(
    IDataProtectionProvider keys, IDirectory directory, StoredSessions stored, StoredPushes pushes, HttpsRule https, WebClientOptions options, WallClock wall,
    TimeProvider clock, OrganisationKey? organisation = null)
{
    /// <summary>How long an unused session lasts: a working day.</summary>
    public static readonly TimeSpan IdleTime = TimeSpan.FromHours(12);

    // Often enough for the list of sessions, seldom enough that most requests write nothing.
    private static readonly TimeSpan WorthNoting = TimeSpan.FromMinutes(5);

    private const int MaxBrowserLength = 200;

    private static readonly AuthenticationResult NoSession = new AuthenticationResult.NoCredentials();
    private static readonly AuthenticationResult Unavailable = new AuthenticationResult.Unavailable();
    private static readonly AuthenticationResult Foreign = new AuthenticationResult.Malformed(Refusal.ForeignPage);

    private readonly IDataProtector protector =
        organisation is null ? keys.CreateProtector("RvpServer.WebSession") : new OrganisationProtector(organisation);

    /// <summary>With https a name with the prefix __Host-, so that neither a sibling host nor an unencrypted answer can set it.</summary>
    public static string CookieName(HttpRequest request) => request.IsHttps ? "__Host-rvp-session" : "rvp-session";

    /// <summary>The account of the session that a request belongs to.</summary>
    public ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, CancellationToken stop) =>
        AuthenticateAsync(context, server, known: null, stop);

    /// <summary>The same with an account that was looked up for this request already.</summary>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(HttpContext context, VirtualServer server, Account? known, CancellationToken stop)
    {
        if (context.Request.Cookies[CookieName(context.Request)] is not { } cookie) return NoSession;
        if (!BrowserRequest.IsOwn(context.Request)) return Foreign;
        // One that was begun on http, before https was required, may have been read on the way.
        if (https.Forbids(context.Request) || !SessionTicket.TryOpen(cookie, protector, out var ticket) || ticket.Domain != server.Domain) return NoSession;
        try
        {
            var now = clock.GetUtcNow();
            if (await stored.FindAsync(ticket.Id, stop) is not { } session || !IsAlive(session, now)) return NoSession;
            var account = await directory.FindAsync(ticket.Domain, ticket.Name, known, stop);
            if (account is not { IsEnabled: true } || await directory.FindStampAsync(account, stop) != ticket.Stamp) return NoSession;
            if (now - session.UsedAt >= WorthNoting) await stored.NoteUseAsync(session with { UsedAt = now, Address = AddressOf(context) }, stop);
            return new AuthenticationResult.Proven(account, Credentials.Internal, ticket.Stamp);
        }
        catch (DirectoryException)
        {
            return Unavailable;
        }
    }

    /// <summary>Begins a session for an account whose password was proven.</summary>
    public async ValueTask BeginAsync(HttpContext context, AuthenticationResult.Proven proven, CancellationToken stop)
    {
        var account = proven.Account;
        var now = clock.GetUtcNow();
        var browser = context.Request.Headers.UserAgent.ToString();
        var session = new StoredSession(
            Guid.NewGuid(), now, now, AddressOf(context), browser.Length > MaxBrowserLength ? browser[..MaxBrowserLength] : browser);
        await stored.AddAsync(account, session, now - IdleTime, stop);
        var ticket = new SessionTicket(session.Id, account.Domain, account.Name, proven.Stamp);
        context.Response.Cookies.Append(CookieName(context.Request), ticket.Seal(protector), Options(context, options.SessionLifetime));
    }

    /// <summary>The sessions of a request's account, the one used last first.</summary>
    public async Task<IReadOnlyList<StoredSession>> ListAsync(Account account, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        return [.. (await stored.ListAsync(account, now - IdleTime, stop)).Where(session => IsAlive(session, now)).Select(session => AsShown(session, now))];
    }

    /// <summary>The id of a request's session, which was authenticated before.</summary>
    public Guid IdOf(HttpContext context) =>
        SessionTicket.TryOpen(context.Request.Cookies[CookieName(context.Request)], protector, out var ticket) ? ticket.Id : Guid.Empty;

    /// <summary>Ends the request's session, also for copies of its cookie.</summary>
    public async Task EndAsync(HttpContext context, Account account, CancellationToken stop)
    {
        await EndAsync(account, IdOf(context), stop);
        Forget(context);
    }

    /// <summary>Takes the cookie back, whatever it was.</summary>
    public static void Forget(HttpContext context) => context.Response.Cookies.Delete(CookieName(context.Request), Options(context, TimeSpan.Zero));

    /// <summary>Ends one of the account's sessions.</summary>
    public async Task EndAsync(Account account, Guid id, CancellationToken stop)
    {
        await pushes.EndSessionAsync(account, id, stop);
        await stored.EndAsync(account, id, stop);
    }

    /// <summary>Ends all of the account's sessions but the request's.</summary>
    public Task EndOthersAsync(HttpContext context, Account account, CancellationToken stop) => EndOthersAsync(account, IdOf(context), stop);

    /// <summary>Ends all of the account's sessions: the password that they were begun with is no longer its.</summary>
    public Task EndAllAsync(Account account, CancellationToken stop) => EndOthersAsync(account, Guid.Empty, stop);

    private async Task EndOthersAsync(Account account, Guid id, CancellationToken stop)
    {
        await pushes.EndOthersAsync(account, id, stop);
        await stored.EndOthersAsync(account, id, stop);
    }

    private bool IsAlive(StoredSession session, DateTimeOffset now) => now - session.UsedAt < IdleTime && now - session.BegunAt < options.SessionLifetime;

    private StoredSession AsShown(StoredSession session, DateTimeOffset now) =>
        session with { BegunAt = wall.Of(session.BegunAt, now), UsedAt = wall.Of(session.UsedAt, now) };

    private static string AddressOf(HttpContext context) => PlainAddresses.Of(context.Connection.RemoteIpAddress ?? IPAddress.None).ToString();

    /// <summary>How the web client's cookies are kept.</summary>
    internal static CookieOptions Options(HttpContext context, TimeSpan maxAge) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = maxAge,
    };
}
