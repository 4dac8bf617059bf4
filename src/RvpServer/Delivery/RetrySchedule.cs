namespace RvpServer.Delivery;

/// <summary>
/// When to try a callback again: at most so many attempts with growing pauses between them, and none after <see cref="MaxElapsed"/>,
/// whichever comes first. Pure.
/// </summary>
/// <param name="attempts">How many in all, the first included.</param>
internal sealed class RetrySchedule(int attempts)
{
    /// <summary>
    /// Decision: with <see cref="MaxConnectTime"/> this bounds the time a sender waits for a dead callback to some 15 s, and for one that
    /// takes the connection and then hangs to that plus CallbackTimeout; old clients give up on a request after 30 s. [client: pidgin-librvp]
    /// </summary>
    public static readonly TimeSpan MaxElapsed = TimeSpan.FromSeconds(15);

    /// <summary>How long an attempt may take to connect and write. Decision: a listener that lives answers a SYN long before, retransmissions included.</summary>
    public static readonly TimeSpan MaxConnectTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan firstPause = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan maxPause = TimeSpan.FromSeconds(4);

    /// <summary>The pause before the next attempt, or null when there is none.</summary>
    /// <param name="made">Attempts made, from 1.</param>
    /// <param name="elapsed">Since the first of them began.</param>
    public TimeSpan? PauseAfter(int made, TimeSpan elapsed)
    {
        if (made >= attempts) return null;
        var doublings = Math.Min(made - 1, 10);
        var pause = TimeSpan.FromTicks(Math.Min(firstPause.Ticks << doublings, maxPause.Ticks));
        return elapsed + pause < MaxElapsed ? pause : null;
    }

    /// <summary>How long the attempt that begins now may take to connect and write. Always positive where <see cref="PauseAfter"/> allowed it.</summary>
    public static TimeSpan ConnectTimeAt(TimeSpan elapsed)
    {
        var left = MaxElapsed - elapsed;
        return left < MaxConnectTime ? TimeSpan.FromTicks(Math.Max(left.Ticks, TimeSpan.TicksPerMillisecond)) : MaxConnectTime;
    }
}
