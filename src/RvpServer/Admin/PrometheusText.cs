using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace RvpServer.Admin;

/// <summary>
/// Listens to the server's own meters, <c>RvpServer.*</c>, as any other collector can, keeps their sums and prints them in Prometheus' text format (version
/// 0.0.4).
/// </summary>
internal sealed class PrometheusText : IDisposable
{
    private const string MeterPrefix = "RvpServer.";

    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly ConcurrentDictionary<Series, long> values = [];
    private readonly ConcurrentDictionary<string, Instrument> instruments = [];
    private readonly MeterListener listener = new();

    public PrometheusText(IMeterFactory meters)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Scope != meters || !instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)) return;
            instruments[instrument.Name] = instrument;
            listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>(Measured);
        listener.Start();
    }

    public string Print()
    {
        listener.RecordObservableInstruments();
        var text = new StringBuilder();
        foreach (var (name, instrument) in instruments.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n");
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {(instrument.IsObservable ? "gauge" : "counter")}\n");
            var series = values.Where(v => v.Key.Instrument == instrument).Select(v => (Labels: v.Key.ToString(), v.Value));
            foreach (var (labels, value) in series.OrderBy(v => v.Labels, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {value}\n");
        }
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Measured(Instrument instrument, long measured, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var key = new Series(instrument, tags.Length > 0 ? tags[0] : default, tags.Length > 1 ? tags[1] : default);
        if (instrument.IsObservable) values[key] = measured;
        else values.AddOrUpdate(key, static (_, added) => added, static (_, sum, added) => sum + added, measured);
    }

    /// <summary>
    /// What has a number of its own: an instrument with its labels, at most two. Every request measures, so the text is made only when it is asked for.
    /// </summary>
    private readonly record struct Series(Instrument Instrument, KeyValuePair<string, object?> First, KeyValuePair<string, object?> Second)
    {
        public bool Equals(Series other) =>
            Instrument == other.Instrument && Equals(First.Value, other.First.Value) && Equals(Second.Value, other.Second.Value);

        public override int GetHashCode() => HashCode.Combine(Instrument, First.Value, Second.Value);

        // Label values are our own words and numbers: nothing to escape.
        public override string ToString() => First.Key is null ? ""
            : Second.Key is null ? $"{{{First.Key}=\"{First.Value}\"}}"
            : string.Create(CultureInfo.InvariantCulture, $"{{{First.Key}=\"{First.Value}\",{Second.Key}=\"{Second.Value}\"}}");
    }
}
