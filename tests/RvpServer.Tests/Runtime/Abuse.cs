using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Runtime;

namespace RvpServer.Tests.Runtime;

/// <summary>A log of refusals of its own, with what it wrote and counted.</summary>
internal sealed class Abuse : IDisposable
{
    private readonly ServiceProvider services;
    private readonly PrometheusText metrics;

    public Abuse(TimeProvider? clock = null)
    {
        services = new ServiceCollection().AddMetrics().AddLogging(logging => logging.AddProvider(Lines.MakeProvider())).BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        metrics = new PrometheusText(meters);
        Log = new AbuseLog(meters, services.GetRequiredService<ILoggerFactory>(), clock ?? TimeProvider.System);
    }

    public AbuseLog Log { get; }

    public LogCollector Lines { get; } = new();

    /// <summary>The metrics as an administrator reads them.</summary>
    public string Counts => metrics.Print();

    public void Dispose()
    {
        metrics.Dispose();
        services.Dispose();
    }
}
