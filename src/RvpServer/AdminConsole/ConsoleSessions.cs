using System.Globalization;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using RvpServer.Admin;
using RvpServer.Authentication;
using RvpServer.Collections;
using RvpServer.Directories;

namespace RvpServer.AdminConsole;

/// <summary>
/// Who is signed in to the console. Kept in memory: the cookie is worth nothing after a sign-out, a new password or a restart.
/// </summary>
internal sealed class ConsoleSessions(IDirectory directory, AdminProof proof, TimeProvider clock) : ITicketStore
{
    // More administrators than any organisation has; who signs in again and again drops old ones.
    private const int MaxSessions = 1000;

    private const string DomainClaim = "domain";
    private const string KeyClaim = "key";
    private const string StampClaim = "stamp";
    private const string BegunClaim = "begun";

    private static readonly TimeSpan MaxLife = TimeSpan.FromHours(12);

    private readonly Lock changing = new();
    private readonly ExpiringMap<string, AuthenticationTicket> tickets = new(MaxSessions);

    /// <summary>Begins a session for somebody who has proven a password.</summary>
    public Task BeginAsync(HttpContext context, AuthenticationResult.Proven proven)
    {
        var (account, stamp) = (proven.Account, proven.Stamp);
        System.Security.Claims.Claim[] claims =
        [
            new(ClaimTypes.Name, account.Name), new(DomainClaim, account.Domain), new(KeyClaim, account.Key),
            new(StampClaim, stamp.ToString(CultureInfo.InvariantCulture)),
            new(BegunClaim, clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
        ];
        var identity = new ClaimsIdentity(claims, ConsoleRegistration.Scheme);
        return context.SignInAsync(ConsoleRegistration.Scheme, new ClaimsPrincipal(identity));
    }

    /// <summary>At each request: is it still the same person, with the same password, and which roles has he now?</summary>
    public async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var http = context.HttpContext;
        if (await FindAsync(context.Principal!, http.RequestAborted) is { } account)
            http.Features.Set(await proof.AdministratorOfAsync(account, http));
        else context.RejectPrincipal();
    }

    /// <inheritdoc/>
    public Task<string> StoreAsync(AuthenticationTicket ticket)
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        Keep(key, ticket);
        return Task.FromResult(key);
    }

    /// <inheritdoc/>
    public Task RenewAsync(string key, AuthenticationTicket ticket)
    {
        Keep(key, ticket);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AuthenticationTicket?> RetrieveAsync(string key)
    {
        lock (changing) return Task.FromResult(tickets.TryGet(key, out var ticket, out var ends) && ends > Now ? ticket : null);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string key)
    {
        lock (changing) tickets.Remove(key);
        return Task.CompletedTask;
    }

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    private void Keep(string key, AuthenticationTicket ticket)
    {
        lock (changing) tickets.Set(key, ticket, ticket.Properties.ExpiresUtc?.ToUnixTimeSeconds() ?? Now);
    }

    private async Task<Account?> FindAsync(ClaimsPrincipal who, CancellationToken stop)
    {
        if (Now - NumberOf(who, BegunClaim) > MaxLife.TotalSeconds) return null;
        var account = await directory.FindAsync(TextOf(who, DomainClaim), TextOf(who, ClaimTypes.Name), null, stop);
        return account is { IsEnabled: true } && account.Key == TextOf(who, KeyClaim)
            && await directory.FindStampAsync(account, stop) == NumberOf(who, StampClaim) ? account : null;
    }

    private static string TextOf(ClaimsPrincipal who, string claim) => who.FindFirst(claim)?.Value ?? "";

    private static long NumberOf(ClaimsPrincipal who, string claim) => long.Parse(TextOf(who, claim), CultureInfo.InvariantCulture);
}
