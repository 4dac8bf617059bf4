using System.Net;
using System.Text.Json;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Http;

namespace RvpServer.Web;

/// <summary>Signing in, being signed in, signing out: POST, GET and DELETE of the web client's session.</summary>
internal sealed class SessionEndpoint(Authenticator authenticator, WebSessions sessions, NodeLocator locator, ImDomains domains, KeptHistory history,
    RvpSettings settings)
{
    /// <summary>The challenge of every 401 to the web client: of a scheme that no browser supports, or the browser itself would ask for the password.</summary>
    public const string Challenge = "RvpSession";

    internal const int MaxFormBytes = 8192;

    public Task HandleAsync(HttpContext context, VirtualServer server) => context.Request.Method switch
    {
        "POST" => SignInAsync(context, server),
        "DELETE" => SignOutAsync(context, server),
        _ => ShowAsync(context, server),
    };

    // Another site must not be able to sign somebody in under a name that it chose, either.
    private async Task SignInAsync(HttpContext context, VirtualServer server)
    {
        var stop = context.RequestAborted;
        if (BrowserRequest.IsForeign(context.Request)) throw new RvpException(Refusal.ForeignPage);
        var body = await BodyReader.ReadAsync(context, MaxFormBytes, settings.Limits.BodyTimeout, stop);
        var (address, password) = SignInForm.Read(context.Request.ContentType, body.Span);
        var result = await authenticator.ProvePasswordAsync(server, address, password, context.Connection.RemoteIpAddress ?? IPAddress.None, stop);
        if (result is not AuthenticationResult.Proven { Account: var account } proven || !IsNameOf(account, address))
        {
            await RefuseAsync(context, result is AuthenticationResult.Proven ? new AuthenticationResult.Failed(false) : result);
            return;
        }
        if (HomeOf(account, server) is { } home)
        {
            await WriteAsync(context, StatusCodes.Status409Conflict, new { home });
            return;
        }
        await sessions.BeginAsync(context, proven, stop);
        await WriteAsync(context, StatusCodes.Status200OK, Describe(server, account));
    }

    private async Task ShowAsync(HttpContext context, VirtualServer server)
    {
        var result = await sessions.AuthenticateAsync(context, server, context.RequestAborted);
        if (result is AuthenticationResult.Proven or AuthenticationResult.NoCredentials)
            await WriteAsync(context, StatusCodes.Status200OK, Describe(server, (result as AuthenticationResult.Proven)?.Account));
        else await RefuseAsync(context, result);
    }

    private async Task SignOutAsync(HttpContext context, VirtualServer server)
    {
        var result = await sessions.AuthenticateAsync(context, server, context.RequestAborted);
        if (result is AuthenticationResult.Malformed)
        {
            await RefuseAsync(context, result);
            return;
        }
        if (result is AuthenticationResult.Proven proven) await sessions.EndAsync(context, proven.Account, context.RequestAborted);
        else if (result is AuthenticationResult.Unavailable) await RefuseAsync(context, result);
        else WebSessions.Forget(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private object Describe(VirtualServer server, Account? account) => new
    {
        account = account is null ? null : new
        {
            name = account.Name,
            displayName = account.DisplayName,
            address = account.Email,
            url = locator.UrlOf(account).ToString(),
        },
        server = new
        {
            domain = server.Domain,
            mailDomains = domains.FindByName(server.Domain)!.MailDomains,
            port = domains.FindByName(server.Domain)!.Port,
            maxBodyBytes = settings.Limits.MaxBodyBytes,
            historyDays = history.IsKeptIn(server.Domain) ? history.Days : 0,
            hasPeopleSearch = settings.Directory.PeopleSearch,
            hasWebhooks = settings.Webhooks.Enabled,
            hasPush = settings.Push.Enabled,
        },
    };

    // The name alone, or an address: after the @ the IM domain, one of its mail domains, or one of the account's own addresses.
    private bool IsNameOf(Account account, string typed)
    {
        var at = typed.LastIndexOf('@');
        if (at < 0) return true;
        var domain = typed[(at + 1)..];
        return domains.FindByName(account.Domain) is { } imDomain && imDomain.Covers(domain)
            || account.Addresses.Contains(typed, StringComparer.OrdinalIgnoreCase);
    }

    // The web client can use only the server that its pages come from, and that must be the account's home server.
    private string? HomeOf(Account account, VirtualServer server) => locator.Of(account).Location switch
    {
        NodeLocation.Here here when here.Server != server => here.Server.PublicUrl + settings.WebClient.Path,
        NodeLocation.AtHome away => "http://" + away.Host + settings.WebClient.Path,
        _ => null,
    };

    /// <summary>Refuses a request without a valid session, for every endpoint of the web client.</summary>
    internal static Task RefuseAsync(HttpContext context, AuthenticationResult result)
    {
        switch (result)
        {
            case AuthenticationResult.Malformed malformed:
                return AnswerWriter.WriteAsync(context, new Answer.Refused(malformed.Refusal));
            case AuthenticationResult.Throttled throttled:
                return AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.TooManyAttempts), throttled.RetryAfter);
            case AuthenticationResult.Unavailable:
                throw new DirectoryException("no secrets at the moment");
            default:
                context.Response.Headers.WWWAuthenticate = Challenge;
                return AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.ProofNeeded));
        }
    }

    internal static Task WriteAsync(HttpContext context, int status, object value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
