using Microsoft.Extensions.Time.Testing;

namespace Rvp.Testing;

/// <summary>A clock that the test moves and that tells who waits for it: a test can move it when everybody does.</summary>
internal sealed class TimerCountingClock(DateTimeOffset start) : FakeTimeProvider(start)
{
    private int timersMade;

    /// <summary>How many timers were made so far; those that it counts are already set.</summary>
    public int TimersMade => Volatile.Read(ref timersMade);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref timersMade);
        return timer;
    }
}
