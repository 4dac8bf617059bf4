using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Http;

namespace RvpServer.Admin;

/// <summary>What is served at the Admin URL: health, metrics, and the pages it is given. Nothing of it is served elsewhere, and nothing else there.</summary>
internal static class AdminEndpoint
{
    /// <summary>Leads requests of the Admin URL into a pipeline of their own; the rest of <paramref name="app"/> never sees them.</summary>
    /// <param name="app">Where nothing has been added before, so that limits and logs of RVP do not hinder a prober.</param>
    /// <param name="pages">Further administration, asked before the answer is 404.</param>
    public static IApplicationBuilder UseAdmin(this IApplicationBuilder app, Action<IApplicationBuilder>? pages = null) =>
        app.MapWhen(Listeners.IsAdmin, admin =>
    {
        var metrics = app.ApplicationServices.GetRequiredService<PrometheusText>();
        admin.UseHealthChecks("/healthz",
            new HealthCheckOptions { Predicate = _ => false, ResponseWriter = (context, _) => WriteAsync(context, StatusCodes.Status200OK, "alive\n") });
        admin.UseHealthChecks("/readyz", new HealthCheckOptions
        {
            ResponseWriter = Health.WriteAsync,
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
        });
        admin.MapWhen(context => context.Request.Path == "/metrics",
            branch => branch.Run(context => WriteAsync(context, StatusCodes.Status200OK, metrics.Print(), PrometheusText.ContentType)));
        pages?.Invoke(admin);
        admin.Run(context => WriteAsync(context, StatusCodes.Status404NotFound, "Here are /healthz, /readyz and /metrics.\n"));
    });

    /// <summary>Registers what the endpoint needs; <see cref="Health.AddHealth"/> included.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services) => services.AddSingleton<PrometheusText>().AddHealth();

    internal static Task WriteAsync(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
