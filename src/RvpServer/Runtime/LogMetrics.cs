using System.Diagnostics.Metrics;

namespace RvpServer.Runtime;

/// <summary>Counts what the logs have lost, because nothing waits for them.</summary>
internal sealed class LogMetrics(IMeterFactory meters)
{
    private readonly Counter<long> lost = meters.Create("RvpServer.Logs")
        .CreateCounter<long>("rvp_log_lines_lost_total", description: "Lines that a log could not take in time, by log.");

    /// <summary>Lines were lost.</summary>
    public void Lost(string log, long lines) => lost.Add(lines, new KeyValuePair<string, object?>("log", log));
}
