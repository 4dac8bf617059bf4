using System.Diagnostics.Metrics;

namespace RvpServer.Runtime;

/// <summary>The buckets of what is measured in seconds, the same for all: from what memory answers to what somebody waits for in vain.</summary>
internal static class MetricBuckets
{
    public static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };
}
