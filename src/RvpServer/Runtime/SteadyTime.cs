namespace RvpServer.Runtime;

/// <summary>
/// The server's own time, which all leases, retries and other spans are measured by. It begins near the wall clock and then runs by the monotonic one: when
/// the wall clock is put right, by however much, nothing ends early or lasts longer. It stands still while the process does (a suspended machine, a stopped
/// container), since nobody could renew anything meanwhile. Timers are those of the clock.
/// </summary>
internal sealed class SteadyTime : TimeProvider, IDisposable
{
    /// <summary>Longer than a garbage collection or a busy machine delays a timer: what is beyond it is a pause, and does not count.</summary>
    private static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan BeatInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider clock;
    private readonly ITimer? heart;
    private volatile Beat beat;

    /// <param name="clock">The clock to run by.</param>
    /// <param name="start">The time now.</param>
    /// <param name="isPaused">False for a clock that jumps by hours on purpose, as a test's does.</param>
    public SteadyTime(TimeProvider clock, DateTimeOffset start, bool isPaused)
    {
        this.clock = clock;
        beat = new Beat(start, clock.GetTimestamp());
        if (isPaused) heart = clock.CreateTimer(static state => ((SteadyTime)state!).GoOn(), this, BeatInterval, BeatInterval);
    }

    /// <inheritdoc/>
    public override long TimestampFrequency => clock.TimestampFrequency;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => clock.LocalTimeZone;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => Since(beat, clock.GetTimestamp());

    /// <inheritdoc/>
    public override long GetTimestamp() => clock.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    /// <inheritdoc/>
    public void Dispose() => heart?.Dispose();

    private void GoOn()
    {
        var now = clock.GetTimestamp();
        beat = new Beat(Since(beat, now), now);
    }

    private DateTimeOffset Since(Beat last, long timestamp)
    {
        var gap = clock.GetElapsedTime(last.Timestamp, timestamp);
        return last.At + (heart is not null && gap > LongestGap ? LongestGap : gap);
    }

    private sealed record Beat(DateTimeOffset At, long Timestamp);
}
