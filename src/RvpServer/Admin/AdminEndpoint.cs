using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Admin;

/// <summary>Serves the Admin URL: health and metrics. They are served nowhere else, and nothing else is served there.</summary>
internal static class AdminEndpoint
{
    /// <summary>Handles requests of the Admin URL in a separate pipeline; the rest of <paramref name="app"/> never sees them.</summary>
    /// <param name="app">Must be empty so far, so that limits and logs for RVP do not affect health checks.</param>
    public static IApplicationBuilder UseAdmin(this IApplicationBuilder app) => app.MapWhen(Listeners.IsAdmin, admin =>
    {
        ServerLog.CountLosses(app.ApplicationServices);
        var metrics = app.ApplicationServices.GetRequiredService<PrometheusText>();
        var hosts = new AdminHosts(app.ApplicationServices.GetRequiredService<AdminOptions>());
        admin.MapWhen(context => !hosts.Contain(HostHeader.Of(context.Request)),
            branch => branch.Run(context => WriteAsync(context, StatusCodes.Status421MisdirectedRequest, AdminHosts.Refusal)));
        admin.UseHealthChecks("/healthz",
            new HealthCheckOptions { Predicate = _ => false, ResponseWriter = (context, _) => WriteAsync(context, StatusCodes.Status200OK, "alive\n") });
        admin.UseHealthChecks("/readyz", new HealthCheckOptions
        {
            ResponseWriter = Health.WriteAsync,
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
        });
        admin.MapWhen(context => context.Request.Path == "/metrics",
            branch => branch.Run(context => WriteAsync(context, StatusCodes.Status200OK, metrics.Print(), PrometheusText.ContentType)));
        admin.Run(context => WriteAsync(context, StatusCodes.Status404NotFound, "Here are /healthz, /readyz and /metrics.\n"));
    });

    /// <summary>Registers what the endpoint needs, including <see cref="Health.AddHealth"/>.</summary>
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
