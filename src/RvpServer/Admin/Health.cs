using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Directories;
using RvpServer.Directories.Local;
using RvpServer.Storage;

namespace RvpServer.Admin;

/// <summary>Readiness: whether the parts that the server needs do answer.</summary>
internal static class Health
{
    // Health checkers give up after a few seconds; the answer should say which part is slow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Registers the checks of <see cref="IStore"/>, <see cref="IDirectory"/> and the accounts' secrets, all taken from the services.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration("directory", s => new Check(s.GetRequiredService<IDirectory>().CheckAsync), null, null, Patience))
            .Add(new HealthCheckRegistration("secrets", s => new Check(s.GetRequiredService<ProveSecrets>().Invoke), null, null, Patience))
            .Add(new HealthCheckRegistration("store", s => new Check(s.GetRequiredService<IStore>().CheckAsync), null, null, Patience));
        return services;
    }

    /// <summary>One line for each part that does not answer; <c>ready</c> if all do.</summary>
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
                // A check that ignores the token must not delay the answer.
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
