using RvpServer.Configuration;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// How many of the places may be taken at the moment: all, unless the processor cannot keep up. It is asked twenty times a second: how late does work begin
/// that was due? If it is late, the places become fewer by a third; if not, more by a twentieth, so that all are there again within seconds. (AIMD, as in TCP)
/// </summary>
internal sealed class Congestion(LimitsOptions limits, LoopMetrics metrics, ILogger<Congestion> logger)
    : LoopService("congestion", metrics, WallClock.OfMachine, logger)
{
    /// <summary>A request begins as late. Above what a garbage collection takes, and far below what people and old clients have patience for.</summary>
    internal static readonly TimeSpan MaxLateness = TimeSpan.FromMilliseconds(150);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>However late: what a machine has that is busy with something else. An eighth.</summary>
    private readonly int fewest = Math.Max(1, limits.MaxOutstandingRequests / 8);

    private int allowed = limits.MaxOutstandingRequests;

    /// <summary>Places that may be taken now.</summary>
    public int Allowed => Volatile.Read(ref allowed);

    /// <summary>Work began that much too late.</summary>
    internal void Measured(TimeSpan lateness)
    {
        var most = limits.MaxOutstandingRequests;
        Volatile.Write(ref allowed, lateness > MaxLateness ? Math.Max(fewest, allowed * 2 / 3) : Math.Min(most, allowed + Math.Max(1, most / 20)));
    }

    // Real time: it is the machine that is measured.
    protected override async Task StepAsync(CancellationToken stop)
    {
        var began = WallClock.OfMachine.GetTimestamp();
        await Task.Delay(Interval, WallClock.OfMachine, stop);
        Measured(WallClock.OfMachine.GetElapsedTime(began) - Interval);
    }
}
