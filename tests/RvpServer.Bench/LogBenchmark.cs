using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Http;
using RvpServer.Runtime;

namespace RvpServer.Bench;

/// <summary>What a line of the protocol log costs, and whether the writer keeps up with 100,000 a second; in this process, with real files.</summary>
internal static class LogBenchmark
{
    private const int LinesAtOnce = 2_000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    public static async Task RunAsync(int seconds, Scorecard score, CancellationToken stop)
    {
        using var folder = new TempFolder();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var wall = new WallClock(TimeProvider.System);
        using var file = new W3cLogFile(new ProtocolLogOptions { Directory = folder.Path }, wall);
        var writer = new W3cLogWriter(
            file.Write, new LogMetrics(services.GetRequiredService<IMeterFactory>()), TimeProvider.System, NullLogger<W3cLogWriter>.Instance);
        writer.Start();
        var log = new W3cLog(_ => writer);
        var context = Request();
        using var process = Process.GetCurrentProcess();
        // The first second warms up.
        var (lines, longest, used, began) = (0L, TimeSpan.Zero, TimeSpan.Zero, 0L);
        using var pace = new PeriodicTimer(Pace);
        for (var tick = 0; tick < (seconds + 1) * (int)(TimeSpan.FromSeconds(1) / Pace); tick++)
        {
            await pace.WaitForNextTickAsync(stop);
            if (tick * Pace == TimeSpan.FromSeconds(1)) (longest, used, began) = (TimeSpan.Zero, Processor(process), Stopwatch.GetTimestamp());
            for (var i = 0; i < LinesAtOnce; i++)
            {
                var before = Stopwatch.GetTimestamp();
                log.Write(context, wall.Now.UtcDateTime, TimeSpan.FromMilliseconds(1.25));
                var took = Stopwatch.GetElapsedTime(before);
                if (took > longest) longest = took;
                lines++;
            }
        }
        var counted = seconds * (int)(TimeSpan.FromSeconds(1) / Pace) * LinesAtOnce;
        var (micros, lasted) = ((Processor(process) - used).TotalMicroseconds / counted, Stopwatch.GetElapsedTime(began));
        await writer.StopAsync();
        var written = Directory.GetFiles(folder.Path).Sum(name => File.ReadLines(name).LongCount(line => !line.StartsWith('#')));
        Console.WriteLine($"log: {counted} lines in {lasted.TotalSeconds:F1} s, {LinesAtOnce} at once; processor time of the whole process");
        Console.WriteLine($"µs for a line {micros:F2}; longest call {longest.TotalMicroseconds:F0} µs; lines lost {lines - written}");
        score.AtMost("protocol log, a line", 2, micros, "µs");
        score.AtMost("protocol log, lines lost at 100000 a second", 0, lines - written, "");
    }

    private static TimeSpan Processor(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    private static DefaultHttpContext Request()
    {
        var context = new DefaultHttpContext();
        (context.Connection.RemoteIpAddress, context.Connection.LocalIpAddress, context.Connection.LocalPort) =
            (IPAddress.Parse("10.10.1.98"), IPAddress.Parse("10.10.1.1"), 80);
        (context.Request.Method, context.Request.Path, context.Request.Protocol) = ("NOTIFY", "/instmsg/aliases/KariHensien", "HTTP/1.1");
        (context.Request.Headers.Host, context.Request.Headers.UserAgent) = ("im.adatum.com", "Gaim RVP");
        return context;
    }
}
