using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace RvpServer.Admin;

/// <summary>How many measurements were at most so large. Adding allocates nothing; thread-safe.</summary>
/// <param name="bounds">The buckets' upper bounds, ascending.</param>
internal sealed class MetricHistogram(IReadOnlyList<double> bounds)
{
    private readonly Lock gate = new();
    private readonly double[] bounds = [.. bounds];
    private readonly long[] counts = new long[bounds.Count + 1];
    private double sum;

    /// <summary>One with the buckets that an instrument asks for.</summary>
    public static MetricHistogram For(Histogram<double> instrument) => new(instrument.Advice?.HistogramBucketBoundaries ?? []);

    /// <summary>Adds a measurement.</summary>
    public void Add(double measured)
    {
        var bucket = 0;
        while (bucket < bounds.Length && measured > bounds[bucket]) bucket++;
        lock (gate)
        {
            counts[bucket]++;
            sum += measured;
        }
    }

    /// <summary>Prints it as Prometheus has it: each bucket holds those below it, too.</summary>
    public void Print(StringBuilder text, string name, string labels)
    {
        var before = labels.Length == 0 ? "" : labels + ",";
        var braced = labels.Length == 0 ? "" : $"{{{labels}}}";
        lock (gate)
        {
            var below = 0L;
            for (var i = 0; i < counts.Length; i++)
            {
                below += counts[i];
                var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{{before}le=\"{bound}\"}} {below}\n");
            }
            text.Append(CultureInfo.InvariantCulture, $"{name}_sum{braced} {sum}\n{name}_count{braced} {below}\n");
        }
    }
}
