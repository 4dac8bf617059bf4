using System.Collections.Frozen;
using System.Data.Common;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;

namespace RvpServer.Cluster;

/// <summary>
/// Which processes are to give their shards away and take no more, as <c>rvpserver drain</c> has noted in the store. Each process looks every second, so that
/// all place shards alike. One that drains is not ready: balancers send nobody new. Whoever is connected to it is served on, by the others.
/// </summary>
internal sealed class Draining(PostgresDatabase database, TimeProvider clock) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private volatile FrozenSet<string> names = [];

    /// <summary>They are others than before.</summary>
    public event Action? Changed;

    /// <summary>Whether a process is to have no shards.</summary>
    /// <param name="process">The process, as the cluster calls it.</param>
    public bool Has(string process) => names.Contains(process);

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Has(NameOf(database.Process)) ? HealthCheckResult.Unhealthy("this process is drained") : HealthCheckResult.Healthy());

    /// <summary>How the cluster calls a process.</summary>
    public static string NameOf(Guid process) => process.ToString("N");

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var found = await ReadAsync(stoppingToken);
                if (!found.SetEquals(names))
                {
                    names = found;
                    Changed?.Invoke();
                }
            }
            catch (Exception failure) when (failure is DbException or TimeoutException or OperationCanceledException)
            {
                // What was known holds until the store answers again.
            }
            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<FrozenSet<string>> ReadAsync(CancellationToken stop)
    {
        await using var connection = await ((IDatabase)database).OpenAsync(stop);
        await using var command = Sql.Command(connection, "SELECT id FROM processes WHERE draining = 1");
        await using var row = await command.ExecuteReaderAsync(stop);
        var found = new HashSet<string>();
        while (await row.ReadAsync(stop)) found.Add(NameOf(row.GetGuid(0)));
        return found.ToFrozenSet();
    }
}
