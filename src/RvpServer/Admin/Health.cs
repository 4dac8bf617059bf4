using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Directories;
using RvpServer.Storage;

namespace RvpServer.Admin;

/// <summary>Readiness: whether the parts that the server cannot do without answer.</summary>
internal static class Health
{
    // A prober gives up after a few seconds; it should hear which part is slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Registers the checks of <see cref="IStore"/> and <see cref="IDirectory"/>, both taken from the services.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration("directory", s => new Check(s.GetRequiredService<IDirectory>().CheckAsync), null, null, Patience))
            .Add(new HealthCheckRegistration("store", s => new Check(s.GetRequiredService<IStore>().CheckAsync), null, null, Patience));
        return services;
    }

    /// <summary>One line per part that does not answer; else <c>ready</c>.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        var failed = report.Entries.Where(e => e.Value.Status != HealthStatus.Healthy).OrderBy(e => e.Key, StringComparer.Ordinal);
        var lines = string.Concat(failed.Select(
            e => $"{e.Key}: {(e.Value.Description ?? e.Value.Exception?.Message ?? "no answer").ReplaceLineEndings(" ")}\n"));
        return AdminEndpoint.WriteAsync(context, context.Response.StatusCode, lines.Length == 0 ? "ready\n" : lines);
    }

    private sealed class Check(Func<CancellationToken, Task> check) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                // A part that forgets the token must not hold the answer.
                await check(cancellationToken).WaitAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception e) when (e is StoreException or DirectoryException)
            {
                return HealthCheckResult.Unhealthy(e.Message);
            }
        }
    }
}
