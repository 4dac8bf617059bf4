using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using RvpServer.Admin;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.AdminConsole;

/// <summary>Serves the console's pages at the Admin URL, to people with a role.</summary>
internal static class ConsoleEndpoint
{
    /// <summary>Where scripts and styles are.</summary>
    public const string AssetsPath = "/assets/{folder}/{name}";

    // Nothing from elsewhere, nothing written into a page, and no other site around it.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'";

    /// <summary>Handles the console's requests in a separate pipeline; the rest of <paramref name="app"/> never sees them.</summary>
    public static IApplicationBuilder UseAdminConsole(this IApplicationBuilder app)
    {
        // The framework adds both to the way of every request as soon as their services are there: RVP has proofs of its own.
        app.Properties["__AuthenticationMiddlewareSet"] = app.Properties["__AuthorizationMiddlewareSet"] = true;
        return app.MapWhen(IsMeant, console =>
        {
            var hosts = new AdminHosts(app.ApplicationServices.GetRequiredService<AdminOptions>());
            console.MapWhen(context => !hosts.Contain(HostHeader.Of(context.Request)),
                branch => branch.Run(context => AdminEndpoint.WriteAsync(context, StatusCodes.Status421MisdirectedRequest, AdminHosts.Refusal)));
            console.Use(ProtectAsync);
            console.UseStatusCodePagesWithReExecute("/problem");
            console.UseRouting();
            console.Use(AdmitAsync);
            console.UseEndpoints(endpoints =>
            {
                endpoints.MapRazorPages();
                endpoints.MapGet(AssetsPath, ConsoleAssets.Find).WithMetadata(new AllowAnonymousAttribute()).ExcludeFromDescription();
                endpoints.MapFallback(context =>
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                }).WithMetadata(new AllowAnonymousAttribute());
            });
        });
    }

    private static bool IsMeant(HttpContext context) =>
        Listeners.IsAdmin(context) && !Listeners.IsAdminSocket(context) && context.Request.Method is ("GET" or "HEAD" or "POST")
        && !AdminEndpoint.Serves(context.Request.Path);

    private static Task ProtectAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Pages with forms have such a line already.
        context.Response.OnStarting(() =>
        {
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
            return Task.CompletedTask;
        });
        return next(context);
    }

    private static async Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }
        var session = await context.AuthenticateAsync(ConsoleRegistration.Scheme);
        if (context.Features.Get<Administrator>() is not { } who || !session.Succeeded)
        {
            if (ConsoleScript.IsAsking(context.Request)) context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else await context.ChallengeAsync(ConsoleRegistration.Scheme);
            return;
        }
        if (who.Grants.Count == 0)
        {
            ConsoleProblem.Say(context, StatusCodes.Status403Forbidden, $"{who.Name} has no role any more.");
            return;
        }
        await next(context);
    }
}
