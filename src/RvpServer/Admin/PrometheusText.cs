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

    private readonly ConcurrentDictionary<MetricSeries, double> values = [];
    private readonly ConcurrentDictionary<MetricSeries, MetricHistogram> histograms = [];
    private readonly ConcurrentDictionary<string, Instrument> instruments = [];
    private readonly MeterListener listener = new();
    private readonly Lock printing = new();

    public PrometheusText(IMeterFactory meters)
    {
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Scope != meters || !instrument.Meter.Name.StartsWith(MeterPrefix, StringComparison.Ordinal)) return;
            instruments[instrument.Name] = instrument;
            listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, measured, tags, _) => Note(instrument, measured, tags));
        listener.SetMeasurementEventCallback<double>((instrument, measured, tags, _) => Note(instrument, measured, tags));
        listener.Start();
    }

    public string Print()
    {
        lock (printing)
        {
            Observe();
            var text = new StringBuilder();
            foreach (var instrument in instruments.Values.OrderBy(instrument => instrument.Name, StringComparer.Ordinal)) Print(text, instrument);
            return text.ToString();
        }
    }

    /// <summary>The sums of instruments over all their series; 0 for those that have measured nothing.</summary>
    public IReadOnlyDictionary<string, double> SumsOf(IReadOnlyCollection<string> names)
    {
        lock (printing)
        {
            Observe();
            var sums = names.ToDictionary(name => name, _ => 0.0);
            foreach (var (series, value) in values)
                if (sums.ContainsKey(series.Instrument.Name)) sums[series.Instrument.Name] += value;
            return sums;
        }
    }

    public void Dispose() => listener.Dispose();

    private void Observe()
    {
        // A series that is observed no more must not stay as it was.
        foreach (var observed in values.Keys.Where(series => series.Instrument.IsObservable)) values.TryRemove(observed, out _);
        listener.RecordObservableInstruments();
    }

    private void Print(StringBuilder text, Instrument instrument)
    {
        var name = instrument.Name;
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} {KindOf(instrument)}\n");
        foreach (var (labels, value) in SeriesOf(values, instrument)) text.Append(CultureInfo.InvariantCulture, $"{name}{Braced(labels)} {value}\n");
        foreach (var (labels, histogram) in SeriesOf(histograms, instrument)) histogram.Print(text, name, labels);
    }

    private static IEnumerable<(string Labels, T Value)> SeriesOf<T>(IEnumerable<KeyValuePair<MetricSeries, T>> all, Instrument instrument) =>
        all.Where(one => one.Key.Instrument == instrument).Select(one => (Labels: one.Key.ToString(), one.Value))
            .OrderBy(one => one.Labels, StringComparer.Ordinal);

    private static string Braced(string labels) => labels.Length == 0 ? "" : $"{{{labels}}}";

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        ObservableCounter<long> or ObservableCounter<double> => "counter",
        { IsObservable: true } => "gauge",
        _ => "counter",
    };

    private void Note(Instrument instrument, double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = MetricSeries.Of(instrument, tags);
        if (instrument is Histogram<double> made) histograms.GetOrAdd(series, static (_, made) => MetricHistogram.For(made), made).Add(measured);
        else if (instrument.IsObservable) values[series] = measured;
        else values.AddOrUpdate(series, static (_, added) => added, static (_, sum, added) => sum + added, measured);
    }
}
