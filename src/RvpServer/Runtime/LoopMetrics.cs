using System.Diagnostics.Metrics;

namespace RvpServer.Runtime;

/// <summary>Counts errors in background loops.</summary>
internal sealed class LoopMetrics(IMeterFactory meters)
{
    private readonly Counter<long> failures = meters.Create("RvpServer.Runtime")
        .CreateCounter<long>("rvp_loop_failures_total", description: "Steps of background loops that failed or were put off, by loop.");

    /// <summary>A step of a loop failed.</summary>
    public void Failed(string loop) => failures.Add(1, new KeyValuePair<string, object?>("loop", loop));
}
