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

    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), long> values = [];
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
            foreach (var (key, value) in values.Where(v => v.Key.Instrument == instrument).OrderBy(v => v.Key.Labels, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $"{name}{key.Labels} {value}\n");
        }
        return text.ToString();
    }

    public void Dispose() => listener.Dispose();

    private void Measured(Instrument instrument, long measured, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        var key = (instrument, Labels(tags));
        if (instrument.IsObservable) values[key] = measured;
        else values.AddOrUpdate(key, static (_, added) => added, static (_, sum, added) => sum + added, measured);
    }

    // Label values are our own words and numbers: nothing to escape.
    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var labels = new string[tags.Length];
        for (var i = 0; i < tags.Length; i++) labels[i] = string.Create(CultureInfo.InvariantCulture, $"{tags[i].Key}=\"{tags[i].Value}\"");
        return "{" + string.Join(',', labels) + "}";
    }
}
