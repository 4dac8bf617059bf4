using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Configuration;
using RvpServer.Http;

namespace RvpServer.Admin;

/// <summary>Serves health and metrics at the Admin URL, and nowhere else.</summary>
internal static class AdminEndpoint
{
    private const string Alive = "/healthz";
    private const string Ready = "/readyz";
    private const string Metrics = "/metrics";

    /// <summary>True for what is served here.</summary>
    public static bool Serves(PathString path) => path.StartsWithSegments(Alive) || path.StartsWithSegments(Ready) || path == Metrics;

    /// <summary>Handles requests of the Admin URL in a separate pipeline; the rest of <paramref name="app"/> never sees them.</summary>
    /// <param name="app">Must be empty so far, so that limits and logs for RVP do not affect health checks.</param>
    public static IApplicationBuilder UseAdmin(this IApplicationBuilder app) => app.MapWhen(Listeners.IsAdmin, admin =>
    {
        ServerLog.CountLosses(app.ApplicationServices);
        var metrics = app.ApplicationServices.GetRequiredService<PrometheusText>();
        app.ApplicationServices.GetRequiredService<ProcessMetrics>();
        var hosts = new AdminHosts(app.ApplicationServices.GetRequiredService<AdminOptions>());
        admin.MapWhen(context => !hosts.Contain(HostHeader.Of(context.Request)),
            branch => branch.Run(context => WriteAsync(context, StatusCodes.Status421MisdirectedRequest, AdminHosts.Refusal)));
        admin.UseHealthChecks(Alive,
            new HealthCheckOptions { Predicate = _ => false, ResponseWriter = (context, _) => WriteAsync(context, StatusCodes.Status200OK, "alive\n") });
        admin.UseHealthChecks(Ready, new HealthCheckOptions
        {
            ResponseWriter = Health.WriteAsync,
            ResultStatusCodes = { [HealthStatus.Degraded] = StatusCodes.Status503ServiceUnavailable },
        });
        admin.MapWhen(context => context.Request.Path == Metrics,
            branch => branch.Run(context => WriteAsync(context, StatusCodes.Status200OK, metrics.Print(), PrometheusText.ContentType)));
        admin.Run(context => WriteAsync(context, StatusCodes.Status404NotFound, "Here are /healthz, /readyz, /metrics and /api/v1.\n"));
    });

    /// <summary>Registers what the endpoint needs, including <see cref="Health.AddHealth"/>.</summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services) =>
        services.AddSingleton<PrometheusText>().AddSingleton<ProcessMetrics>().AddHealth();

    internal static Task WriteAsync(HttpContext context, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }
}
