namespace RvpServer.Runtime;

/// <summary>
/// Notices that this process stood still: it was stopped, its virtual machine was moved, its disk swapped, or its thread pool was full. What others seemed to
/// miss in such a time is no fault of theirs. A stall shows by a timer that is late, or by the time since that timer should have been there.
/// </summary>
internal sealed class Stalls : IDisposable
{
    /// <summary>A timer that is later than this was kept waiting. Decision.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly ITimer timer;
    private long lastBeat;
    private long lost;

    /// <param name="clock">The clock of the machine, also where a test moves the time of everything else.</param>
    public Stalls(TimeProvider clock)
    {
        this.clock = clock;
        lastBeat = clock.GetTimestamp();
        timer = clock.CreateTimer(static state => ((Stalls)state!).Look(isBeat: true), this, Beat, Beat);
    }

    /// <summary>
    /// How long the process stood still since its start, all in all. What was under way between two readings that differ proves nothing.
    /// </summary>
    public TimeSpan Lost
    {
        get
        {
            if (clock.GetElapsedTime(Interlocked.Read(ref lastBeat)) > Beat + Tolerance) Look(isBeat: false);
            return new TimeSpan(Interlocked.Read(ref lost));
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look(bool isBeat)
    {
        lock (gate)
        {
            var now = clock.GetTimestamp();
            var since = clock.GetElapsedTime(lastBeat, now);
            var isLate = since > Beat + Tolerance;
            if (isLate) Interlocked.Add(ref lost, since.Ticks);
            if (isLate || isBeat) Interlocked.Exchange(ref lastBeat, now);
        }
    }
}
