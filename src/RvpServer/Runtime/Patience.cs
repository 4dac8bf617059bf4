using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Runtime;

/// <summary>
/// A time limit in which the time does not count during which this process stood still: what arrived meanwhile is read before anybody is blamed for silence.
/// <para>
/// It may be used again and again. Its timer is seldom set, since limits are long and what they limit is short: it may go off too early, and is then set again.
/// </para>
/// </summary>
[SuppressMessage("Reliability", "CA2213", Justification = "The timer may still call the source, which holds nothing to dispose of.")]
internal sealed class Patience : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly Lock gate = new();
    private readonly CancellationTokenSource source = new();
    private readonly Stalls stalls;
    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private TimeSpan time;
    private TimeSpan lost;

    // Timestamps: when the limit ends, and when the timer goes off, which is not later.
    private long end = Never;
    private long alarm = Never;
    private bool isOver;

    /// <param name="stalls">Tell when the process stood still.</param>
    /// <param name="clock">The time.</param>
    public Patience(Stalls stalls, TimeProvider clock)
    {
        (this.stalls, this.clock) = (stalls, clock);
        timer = clock.CreateTimer(static state => ((Patience)state!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the time is over.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>The number of the use, for whoever might still want to begin a limit when another use has begun.</summary>
    public int Use { get; private set; }

    /// <summary>Ends the limit and begins another one.</summary>
    public void Begin(TimeSpan next) => Begin(next, Use);

    /// <summary>The same for a certain use; does nothing when that is over.</summary>
    public void Begin(TimeSpan next, int use)
    {
        lock (gate)
        {
            if (use != Use) return;
            (time, lost) = (next, stalls.Lost);
            WaitFor(next);
        }
    }

    /// <summary>Has no more patience.</summary>
    public void End()
    {
        lock (gate) isOver = true;
        source.Cancel();
    }

    /// <summary>Ends the limit without another one. False if there is no patience left for another use.</summary>
    public bool TryReset()
    {
        lock (gate)
        {
            end = Never;
            Use++;
            return !isOver && source.TryReset();
        }
    }

    public void Dispose() => timer.Dispose();

    private void Look()
    {
        lock (gate)
        {
            alarm = Never;
            if (end == Never) return;
            if (Left() is var left && left > TimeSpan.Zero)
            {
                WaitFor(left);
                return;
            }
            var now = stalls.Lost;
            var missed = now - lost;
            if (missed > TimeSpan.Zero)
            {
                lost = now;
                WaitFor(missed < time ? missed : time);
                return;
            }
            isOver = true;
        }
        source.Cancel();
    }

    private TimeSpan Left() => clock.GetElapsedTime(clock.GetTimestamp(), end);

    private void WaitFor(TimeSpan wait)
    {
        end = clock.GetTimestamp() + (long)(wait.TotalSeconds * clock.TimestampFrequency);
        if (end >= alarm) return;
        alarm = end;
        // In whole milliseconds, rounded up: a timer rounds down, and goes off before the end again and again.
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }
}
