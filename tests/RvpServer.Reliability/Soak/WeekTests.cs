using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Soak;

/// <summary>Alone in the process, which is measured.</summary>
[CollectionDefinition(nameof(MeasuredProcess), DisableParallelization = true)]
public sealed class MeasuredProcess;

/// <summary>Half a day of an office, a week by <c>tests/reliability soak 168</c>: leases by a clock that is moved, over real sockets.</summary>
[Collection(nameof(MeasuredProcess))]
public sealed class WeekTests(ITestOutputHelper output)
{
    private const int ShortHours = 12;

    // What may have grown between the middle and the end: a tenth, and what a few connections more or less make.
    private const double Growth = 1.1;

    private static readonly Dictionary<string, double> Slack = new()
    {
        ["memory after a collection, MB"] = 3,
        ["handles"] = 30,
        ["threads"] = 10,
        ["timers"] = 20,
        ["database, MB"] = 1,
        ["write-ahead log, MB"] = 5,
    };

    [Fact]
    public async Task Memory_handles_threads_and_files_stay_as_they_are()
    {
        var hours = Rounds.Or(ShortHours);
        var people = Rounds.AreMany ? 100 : 30;
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(
            new Dictionary<string, string?> { ["ProtocolLog:Enabled"] = "true", ["ProtocolLog:Directory"] = "logs", ["ProtocolLog:RetainedFiles"] = "2" },
            clock,
            [.. Enumerable.Range(0, people).Select(i => new TestAccount(User.NameOf(i) + "@adatum.com", "User"))]);
        await using var days = await WorkingDays.OpenAsync(server, clock, people, Rounds.Seed);

        List<Sample> samples = [];
        var steps = hours * WorkingDays.StepsPerHour;
        for (var step = 1; step <= steps; step++)
        {
            await days.StepAsync(step);
            if (step % Math.Max(1, steps / 84) == 0) samples.Add(Sample.Take((double)step / WorkingDays.StepsPerHour, days.Requests, server.Folder));
        }

        var grown = Sample.Series.Where(series => Slack.ContainsKey(series.Name)).Select(series => (series.Name, Middle: Part(samples, 2, series.Of),
            End: Part(samples, 3, series.Of))).Where(series => series.End > (series.Middle * Growth) + Slack[series.Name]).ToList();
        var wrong = await days.JudgePicturesAsync();
        if (Rounds.AreMany) Publish(samples);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {Rounds.Seed}: {hours} hours, {people} people, {days.Requests} requests, "
            + $"{days.Failures.Count} failed, {wrong.Count} pictures false at the end"));
        output.WriteLine(Sample.CsvHead);
        foreach (var sample in (Sample[])[samples[0], samples[samples.Count / 2], samples[^1]]) output.WriteLine(sample.ToCsv());
        Assert.Empty(days.Failures);
        Assert.Empty(wrong);
        Assert.Empty(grown);
    }

    // The mean of the third or the last quarter.
    private static double Part(List<Sample> samples, int quarter, Func<Sample, double> of) =>
        samples.Skip(samples.Count * quarter / 4).Take(samples.Count / 4).Average(of);

    private static void Publish(List<Sample> samples)
    {
        File.WriteAllText(Repository.PathOf("docs/images/soak.csv"), Sample.CsvHead + '\n' + string.Concat(samples.Select(sample => sample.ToCsv() + '\n')));
        var series = Sample.Series.Select(one => new Series(one.Name, [.. samples.Select(sample => (sample.Hours, one.Of(sample)))]));
        File.WriteAllText(Repository.PathOf("docs/images/soak.svg"),
            SvgPlot.Of([.. series], string.Create(CultureInfo.InvariantCulture, $"{samples[^1].Hours:0} hours of the server's clock")));
    }
}
