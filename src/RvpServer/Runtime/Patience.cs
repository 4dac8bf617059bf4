using System.Diagnostics.CodeAnalysis;

namespace RvpServer.Runtime;

/// <summary>
/// A time limit in which the time does not count during which this process stood still: what arrived meanwhile is read before anybody is blamed for silence.
/// </summary>
[SuppressMessage("Reliability", "CA2213", Justification = "The timer may still call the source, which holds nothing to dispose of.")]
internal sealed class Patience : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly Stalls stalls;
    private readonly ITimer timer;
    private TimeSpan time;
    private TimeSpan lost;

    /// <param name="time">The first limit.</param>
    /// <param name="stalls">Tell when the process stood still.</param>
    /// <param name="clock">The time.</param>
    public Patience(TimeSpan time, Stalls stalls, TimeProvider clock)
    {
        this.stalls = stalls;
        (this.time, lost) = (time, stalls.Lost);
        timer = clock.CreateTimer(static state => ((Patience)state!).RunOut(), this, time, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the time is over.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Ends the limit and begins another one.</summary>
    public void BeginAgain(TimeSpan next)
    {
        (time, lost) = (next, stalls.Lost);
        timer.Change(next, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Has no more patience.</summary>
    public void End() => source.Cancel();

    public void Dispose() => timer.Dispose();

    private void RunOut()
    {
        var now = stalls.Lost;
        var missed = now - lost;
        if (missed <= TimeSpan.Zero)
        {
            End();
            return;
        }
        lost = now;
        timer.Change(missed < time ? missed : time, Timeout.InfiniteTimeSpan);
    }
}
