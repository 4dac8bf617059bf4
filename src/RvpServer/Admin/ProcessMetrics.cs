using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RvpServer.Admin;

/// <summary>What the process takes, under the names that Prometheus' own clients use; read when it is asked for.</summary>
internal sealed class ProcessMetrics : IDisposable
{
    private readonly Process process = Process.GetCurrentProcess();

    public ProcessMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("RvpServer.Process");
        var startedAt = new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableCounter("process_cpu_seconds_total", () => Read(p => p.TotalProcessorTime.TotalSeconds), "s", "Processor time, user and kernel.");
        meter.CreateObservableGauge("process_resident_memory_bytes", () => Read(p => p.WorkingSet64), "By", "Memory that is resident.");
        meter.CreateObservableGauge("process_start_time_seconds", () => startedAt, "s", "When the process began, in seconds since 1970.");
        meter.CreateObservableGauge("process_threads", () => Read(p => p.Threads.Count), description: "Threads.");
        if (OperatingSystem.IsLinux())
        {
            meter.CreateObservableGauge(
                "process_open_fds", () => (double)Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(), description: "Open files and connections.");
        }
        meter.CreateObservableGauge("dotnet_gc_heap_bytes", () => (double)GC.GetTotalMemory(forceFullCollection: false), "By", "The managed heap.");
        meter.CreateObservableCounter(
            "dotnet_gc_pause_seconds_total", () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time for which collections stopped all.");
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    private double Read(Func<Process, double> value)
    {
        lock (process)
        {
            process.Refresh();
            return value(process);
        }
    }
}
