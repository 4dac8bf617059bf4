using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Runtime;

namespace RvpServer.Tests.Http;

/// <summary>The protocol log stops nobody: a disk that hangs, is full or gone costs lines, which are counted and told.</summary>
public sealed class W3cLogWriterTests : IDisposable
{
    private static readonly byte[] Line = [.. Enumerable.Repeat((byte)'x', 1023), (byte)'\n'];

    private readonly TempFolder folder = new();
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider clock = new();
    private readonly LogCollector log = new();
    private readonly PrometheusText metrics;

    public W3cLogWriterTests() => metrics = new PrometheusText(services.GetRequiredService<IMeterFactory>());

    public void Dispose()
    {
        metrics.Dispose();
        services.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task A_disk_that_hangs_stops_nobody_and_what_is_lost_is_counted_told_and_noted()
    {
        using var disk = new ManualResetEventSlim();
        using var isHanging = new ManualResetEventSlim();
        var written = new MemoryStream();
        var writer = Start(lines =>
        {
            isHanging.Set();
            disk.Wait();
            lock (written) written.Write(lines);
        });
        writer.Add(Line);
        await Deadline.Until(() => isHanging.IsSet, "the first write", () => "none");

        for (var i = 0; i < 2000; i++) writer.Add(Line);
        disk.Set();
        await writer.StopAsync();

        var text = Encoding.ASCII.GetString(written.ToArray()).Split('\n');
        Assert.Equal(512, text.Count(line => line.StartsWith('x')));
        Assert.Equal("#Remark: 1489 lines are missing here", text[^2]);
        Assert.Contains("rvp_log_lines_lost_total{log=\"protocol\"} 1489\n", metrics.Print(), StringComparison.Ordinal);
        clock.Advance(OutageLog.Interval);
        Assert.Equal(
            [
                "Keeping every line of the protocol log fails: the disk is too slow, full or gone",
                "Keeping every line of the protocol log failed 1488 more times within a minute: the disk is too slow, full or gone",
            ],
            log.Lines);
        clock.Advance(OutageLog.Interval);
        Assert.Equal("Keeping every line of the protocol log works again after 00:02:00", log.Lines[^1]);
    }

    [Fact]
    public async Task A_disk_that_hangs_for_ever_does_not_keep_the_server_from_stopping()
    {
        using var disk = new ManualResetEventSlim();
        var writer = Start(_ => disk.Wait());
        writer.Add(Line);

        await Deadline.For(writer.StopAsync(), "the stop", () => "it hangs");

        disk.Set();
    }

    [Fact]
    public async Task After_a_full_disk_the_same_lines_are_written_once()
    {
        var isFull = true;
        var written = new MemoryStream();
        var writer = Start(lines =>
        {
            if (Volatile.Read(ref isFull)) throw new IOException("No space left on device");
            written.Write(lines);
        });
        writer.Add("1\n"u8);
        await Deadline.Until(() => log.Lines.Count > 0, "the failure", () => "none");
        writer.Add("2\n"u8);
        Volatile.Write(ref isFull, false);
        await Deadline.Until(() => log.Lines.Count > 1, "the end of the outage", () => string.Join('\n', log.Lines));
        await writer.StopAsync();

        Assert.Equal("1\n2\n", Encoding.ASCII.GetString(written.ToArray()));
        Assert.Equal(["Writing the protocol log fails: No space left on device", "Writing the protocol log works again after 00:00:00"], log.Lines);
    }

    [Fact]
    public void A_folder_or_file_that_was_taken_away_is_made_again_and_a_new_day_has_a_new_file()
    {
        clock.SetUtcNow(new DateTimeOffset(2000, 6, 1, 23, 59, 59, TimeSpan.Zero));
        using var file = new W3cLogFile(new ProtocolLogOptions { Directory = folder.File("logs") }, new WallClock(clock));

        file.Write("1\n"u8);
        Directory.Delete(folder.File("logs"), recursive: true);
        file.Write("2\n"u8);
        File.Move(folder.File("logs/rvp-20000601.0000.txt"), folder.File("logs/kept.txt"));
        file.Write("3\n"u8);
        clock.Advance(TimeSpan.FromSeconds(1));
        file.Write("4\n"u8);

        Assert.Equal(["2"], LinesOf("logs/kept.txt"));
        Assert.Equal(["3"], LinesOf("logs/rvp-20000601.0000.txt"));
        Assert.Equal(["4"], LinesOf("logs/rvp-20000602.0000.txt"));
    }

    [Fact]
    public void A_full_file_is_followed_by_the_next_number_also_after_a_restart()
    {
        clock.SetUtcNow(new DateTimeOffset(2000, 6, 1, 0, 0, 0, TimeSpan.Zero));
        var megabyte = new byte[1024 * 1024];
        for (var start = 0; start < 3; start++)
        {
            using var file = new W3cLogFile(new ProtocolLogOptions { Directory = folder.Path }, new WallClock(clock));
            for (var i = 0; i < 17; i++) file.Write(megabyte);
        }

        Assert.Equal(
            [("rvp-20000601.0000.txt", 16), ("rvp-20000601.0001.txt", 16), ("rvp-20000601.0002.txt", 16), ("rvp-20000601.0003.txt", 3)],
            Directory.GetFiles(folder.Path).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), (int)(new FileInfo(path).Length >> 20))));
    }

    private string[] LinesOf(string name) => [.. File.ReadAllLines(folder.File(name)).Where(line => !line.StartsWith('#'))];

    private W3cLogWriter Start(WriteLines write)
    {
        var writer = new W3cLogWriter(write, new LogMetrics(services.GetRequiredService<IMeterFactory>()), clock, log.Of<W3cLogWriter>());
        writer.Start();
        return writer;
    }
}
