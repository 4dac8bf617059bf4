using Microsoft.AspNetCore.Http.Features;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Http;
using RvpServer.Network;
using RvpServer.Web;

namespace RvpServer.Admin;

/// <summary>
/// Finds out who asks the API: at the socket the person that the command line names, whom the operating system has let in; at the Admin URL somebody with a
/// role, who is proven by address and password (Basic), over TLS or from this machine.
/// </summary>
internal sealed class ApiCaller(AdminProof proof, AdminServices services)
{
    /// <summary>The header in which the command line says who runs it.</summary>
    public const string UserHeader = "RVP-User";

    private const string Scheme = "Basic ";
    private const int MaxLength = 1024;

    private readonly AdminServices services = services;

    /// <summary>The administrator of a request that has passed <see cref="UseCallers"/>.</summary>
    public static Administrator Of(HttpContext context) => context.Features.GetRequiredFeature<Administrator>();

    /// <summary>Lets only administrators through, and notes in the audit log where their role did not go far enough.</summary>
    public static void UseCallers(IApplicationBuilder app)
    {
        var callers = ActivatorUtilities.CreateInstance<ApiCaller>(app.ApplicationServices);
        app.Use(async (context, next) =>
        {
            if (await callers.FindAsync(context) is not { } who) return;
            context.Features.Set(who);
            try
            {
                if (who.Grants.Count == 0) throw new NotAllowedException($"{who.Name} has no role: a Full Administrator gives one with \"admin grant\".");
                await next(context);
            }
            catch (NotAllowedException refusal)
            {
                var what = $"{context.Request.Method} {context.Request.Path}";
                await callers.services.Audit.AddRefusedAsync(AuditEntry.Of(who, "api", what, domain: null), refusal.Message);
                throw;
            }
        });
    }

    // Null: the answer is written.
    private async Task<Administrator?> FindAsync(HttpContext context)
    {
        // A browser sends a password that it knows with other sites' requests, too.
        if (BrowserRequest.IsForeign(context.Request)) throw new ApiRefusal(StatusCodes.Status403Forbidden, "Another site's page has sent this.");
        if (Listeners.IsAdminSocket(context)) return Administrator.OfOperatingSystem(
            Uri.UnescapeDataString(context.Request.Headers[UserHeader].ToString()));
        if (!AdminProof.IsPrivate(context)) throw new ApiRefusal(StatusCodes.Status403Forbidden, AdminProof.NeedsTls);
        if (Read(context.Request.Headers.Authorization.ToString()) is not var (name, password)) return await ChallengeAsync(context);
        switch (await proof.ProveAsync(context, name, password))
        {
            case AuthenticationResult.Proven { Account: var account }:
                return await proof.AdministratorOfAsync(account, context);
            case AuthenticationResult.Throttled { RetryAfter: var wait }:
                context.Response.Headers.RetryAfter = string.Create(null, $"{Math.Ceiling(wait.TotalSeconds)}");
                throw new ApiRefusal(StatusCodes.Status429TooManyRequests, "Too many wrong passwords: try again later.");
            case AuthenticationResult.Unavailable:
                throw new ApiRefusal(StatusCodes.Status503ServiceUnavailable, "The directory does not answer.");
            default:
                return await ChallengeAsync(context);
        }
    }

    private static async Task<Administrator?> ChallengeAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"Administration\", charset=\"UTF-8\"";
        await ApiProblem.WriteAsync(
            context, StatusCodes.Status401Unauthorized, ApiProblem.Request,
            "Prove who you are: the IM address and password of somebody with a role, by Basic.");
        return null;
    }

    private static (string Name, string Password)? Read(string header)
    {
        var bytes = new byte[MaxLength];
        if (header.Length > MaxLength || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out var length)) return null;
        var text = Charsets.Utf8OrLatin1.GetString(bytes, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }
}
