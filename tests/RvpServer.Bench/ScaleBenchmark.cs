using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Bench;

/// <summary>
/// What a server takes at which many are signed in and do what people do: see <see cref="Workday"/>. By how many they are, at the rate of a workday and at ten
/// times that. The program itself, with its usual configuration and a store in which all are signed in already.
/// </summary>
internal static class ScaleBenchmark
{
    private const int Contacts = 20;
    private const int Callbacks = 4;
    private static readonly int[] Sizes = [1_000, 10_000, 100_000];
    private static readonly int[] Rates = [1, 10];

    // For so many people alone; of none is all sizes, and a plot of them.
    public static async Task RunAsync(int seconds, int people, Scorecard score, CancellationToken stop)
    {
        Console.WriteLine($"scale: {Contacts} contacts each, {seconds} s for each row");
        Console.WriteLine($"{"people",8}{"rate",6}{"requests/s",12}{"told/s",9}{"cores",8}{"MB",7}{"median ms",11}{"p99 ms",8}{"lost",6}");
        List<(int People, int Rate, Day Day)> all = [];
        foreach (var size in people > 0 ? [people] : Sizes)
        {
            using var sink = new CallbackSink(Callbacks, stop);
            await using var server = await RealServer.MakeAsync(size);
            var ids = await MadeStore.FillAsync(
                server.DataFolder, size, Contacts, i => new Uri($"http://127.0.0.1:{sink.Ports[i % Callbacks]}/{i}"), stop);
            await server.StartAsync();
            // After its start it looks once whether the account of every node is still there.
            await Quiet.ComesAsync(() => server.ProcessorTime, cores: 0.1, stop);
            var workday = new Workday(server.Port, ids);
            foreach (var rate in Rates)
            {
                var day = await MeasureAsync(server, sink, workday, rate, seconds, stop);
                all.Add((size, rate, day));
                Console.WriteLine($"{size,8}{rate,6}{day.Requests / day.Seconds,12:F0}{day.Told / day.Seconds,9:F0}{day.Cores,8:F3}{day.Megabytes,7:F0}"
                    + $"{day.At(50),11:F2}{day.At(99),8:F2}{day.Lost,6}");
                if (rate != 1 || size < Sizes[^1]) continue;
                score.AtMost($"{size} people, a workday's rate", 0.5, day.Cores, "cores");
                score.AtMost($"{size} people, working set", 500, day.Megabytes, "MB");
                score.AtMost($"{size} people, 99th percentile of requests", 20, day.At(99), "ms");
                score.AtMost($"{size} people, notifications lost", 0, day.Lost, "");
            }
        }
        if (all.Count > Rates.Length) await DrawAsync(all, stop);
    }

    private static async Task<Day> MeasureAsync(
        RealServer server, CallbackSink sink, Workday workday, int rate, int seconds, CancellationToken stop)
    {
        // What has to be compiled is, and whoever has to be remembered.
        await workday.RunAsync(Rates[^1], TimeSpan.FromSeconds(Math.Min(seconds, 10)), stop);
        await SettledAsync(sink, workday, stop);
        var (received, expected, used, began) = (sink.Received, workday.Expected, server.ProcessorTime, Stopwatch.GetTimestamp());
        workday.Latencies.Clear();
        await workday.RunAsync(rate, TimeSpan.FromSeconds(seconds), stop);
        var (took, processor) = (Stopwatch.GetElapsedTime(began), server.ProcessorTime - used);
        await SettledAsync(sink, workday, stop);
        var told = sink.Received - received;
        return new Day(
            took.TotalSeconds, [.. workday.Latencies.Order()], told, workday.Expected - expected - told, processor / took, server.WorkingSet / 1e6);
    }

    // Until nothing more comes, whether all has or not.
    private static async Task SettledAsync(CallbackSink sink, Workday workday, CancellationToken stop)
    {
        for (var seen = -1L; sink.Received < workday.Expected && seen != sink.Received; await Task.Delay(TimeSpan.FromSeconds(5), stop)) seen = sink.Received;
    }

    private static async Task DrawAsync(List<(int People, int Rate, Day Day)> all, CancellationToken stop)
    {
        Series[] series =
        [
            .. Rates.Select(rate => Of("cores", rate, day => day.Cores)),
            .. Rates.Select(rate => Of("99th percentile of requests, ms", rate, day => day.At(99))),
            Of("working set, MB", 1, day => day.Megabytes),
        ];
        var plot = SvgPlot.Of(series, $"people signed in, from {all[0].People} to {all[^1].People}", isLogarithmic: true);
        await File.WriteAllTextAsync(Repository.PathOf("docs/images/scale.svg"), plot, stop);

        Series Of(string name, int rate, Func<Day, double> of) => new(
            $"{name}, {(rate == 1 ? "a workday's rate" : $"{rate} times that")}",
            [.. all.Where(one => one.Rate == rate).Select(one => ((double)one.People, of(one.Day)))]);
    }

    /// <summary>What was measured.</summary>
    private sealed record Day(double Seconds, double[] Latencies, long Told, long Lost, double Cores, double Megabytes)
    {
        public int Requests => Latencies.Length;

        public double At(int percent) => Latencies.Length == 0 ? 0 : Latencies[Math.Min(Latencies.Length - 1, Latencies.Length * percent / 100)];
    }
}
