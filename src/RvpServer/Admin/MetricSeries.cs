using System.Diagnostics.Metrics;

namespace RvpServer.Admin;

/// <summary>
/// What has a number of its own: an instrument with its labels, at most three. Every request measures, so the text is made only when it is asked for.
/// </summary>
internal readonly record struct MetricSeries(
    Instrument Instrument, KeyValuePair<string, object?> First, KeyValuePair<string, object?> Second, KeyValuePair<string, object?> Third)
{
    /// <summary>The series of a measurement.</summary>
    public static MetricSeries Of(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        new(instrument, tags.Length > 0 ? tags[0] : default, tags.Length > 1 ? tags[1] : default, tags.Length > 2 ? tags[2] : default);

    public bool Equals(MetricSeries other) =>
        Instrument == other.Instrument && Equals(First.Value, other.First.Value) && Equals(Second.Value, other.Second.Value)
        && Equals(Third.Value, other.Third.Value);

    public override int GetHashCode() => HashCode.Combine(Instrument, First.Value, Second.Value, Third.Value);

    /// <summary>The labels as Prometheus has them, without braces.</summary>
    public override string ToString() =>
        string.Join(',', new[] { First, Second, Third }.Where(label => label.Key is not null).Select(label => $"{label.Key}=\"{Escaped($"{label.Value}")}\""));

    private static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
