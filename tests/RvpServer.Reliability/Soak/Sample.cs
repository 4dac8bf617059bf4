using System.Diagnostics;
using System.Globalization;

namespace RvpServer.Reliability.Soak;

/// <summary>What this process, with the server in it, takes at one time.</summary>
/// <param name="Hours">Hours of the server's clock since the start.</param>
/// <param name="Requests">Requests answered so far.</param>
/// <param name="HeapMegabytes">Managed memory after a full collection.</param>
/// <param name="Handles">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Timers">Timers that run.</param>
/// <param name="DatabaseMegabytes">The database without its write-ahead log.</param>
/// <param name="WalMegabytes">The write-ahead log.</param>
/// <param name="LogMegabytes">The protocol log, all files.</param>
internal sealed record Sample(
    double Hours, int Requests, double HeapMegabytes, double Handles, double Threads, double Timers, double DatabaseMegabytes, double WalMegabytes,
    double LogMegabytes)
{
    public const string CsvHead = "hours,requests,heap MB,handles,threads,timers,database MB,WAL MB,protocol log MB";

    /// <summary>What is watched, with its unit.</summary>
    public static IReadOnlyList<(string Name, Func<Sample, double> Of)> Series { get; } =
    [
        ("memory after a collection, MB", sample => sample.HeapMegabytes),
        ("handles", sample => sample.Handles),
        ("threads", sample => sample.Threads),
        ("timers", sample => sample.Timers),
        ("database, MB", sample => sample.DatabaseMegabytes),
        ("write-ahead log, MB", sample => sample.WalMegabytes),
        ("protocol log, MB", sample => sample.LogMegabytes),
    ];

    /// <summary>Takes one now.</summary>
    public static Sample Take(double hours, int requests, string folder)
    {
        // Twice, with finalizers between: what the first collection only finds dead is gone after the second.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return new Sample(
            hours, requests, Megabytes(GC.GetTotalMemory(forceFullCollection: true)), Directory.GetFileSystemEntries("/proc/self/fd").Length,
            process.Threads.Count, Timer.ActiveCount, SizeOf(folder, "*.db"), SizeOf(folder, "*-wal"), SizeOf(Path.Combine(folder, "logs"), "*"));
    }

    public string ToCsv() => string.Create(CultureInfo.InvariantCulture,
        $"{Hours:0.##},{Requests},{HeapMegabytes:0.0},{Handles},{Threads},{Timers},{DatabaseMegabytes:0.00},{WalMegabytes:0.00},{LogMegabytes:0.00}");

    private static double SizeOf(string folder, string files) =>
        Directory.Exists(folder) ? Megabytes(Directory.EnumerateFiles(folder, files).Sum(file => new FileInfo(file).Length)) : 0;

    private static double Megabytes(long bytes) => bytes / 1_000_000.0;
}
