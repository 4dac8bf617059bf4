using RvpServer.Outbound;

namespace RvpServer.Delivery;

/// <summary>When to try again: at most so many attempts with doubling pauses between them, within a time. Pure.</summary>
/// <param name="Attempts">How many in all, the first included.</param>
/// <param name="FirstPause">Between the first two.</param>
/// <param name="MaxPause">Pauses grow no longer than this.</param>
/// <param name="MaxElapsed">No attempt begins later; null: as long as there are attempts.</param>
internal sealed record RetrySchedule(int Attempts, TimeSpan FirstPause, TimeSpan MaxPause, TimeSpan? MaxElapsed)
{
    /// <summary>One attempt: for what is tried inside this process.</summary>
    public static readonly RetrySchedule Once = new(1, TimeSpan.Zero, TimeSpan.Zero, null);

    /// <summary>
    /// Other servers, about a minute and a half: longer than clients, since a server that restarts must not cost its people the news, and old clients
    /// never notice that some are missing. [client]
    /// </summary>
    public static readonly RetrySchedule ForServers = new(9, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(30), null);

    /// <summary>
    /// Callbacks. Decision: with <see cref="Dialer.ConnectTime"/> this bounds the time a sender waits for a dead callback to some 15 s, and for one
    /// that takes the connection and then hangs to that plus CallbackTimeout; old clients give up on a request after 30 s. [client: pidgin-librvp]
    /// </summary>
    public static RetrySchedule ForCallbacks(int attempts) => new(attempts, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));

    /// <summary>The pause before the next attempt, or null when there is none.</summary>
    /// <param name="made">Attempts made, from 1.</param>
    /// <param name="elapsed">Since the first of them began.</param>
    public TimeSpan? PauseAfter(int made, TimeSpan elapsed)
    {
        if (made >= Attempts) return null;
        var doublings = Math.Min(made - 1, 10);
        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << doublings, MaxPause.Ticks));
        return !(elapsed + pause >= MaxElapsed) ? pause : null;
    }

    /// <summary>How long the attempt that begins now may take to connect and write. Always positive where <see cref="PauseAfter"/> allowed it.</summary>
    public TimeSpan ConnectTimeAt(TimeSpan elapsed) =>
        MaxElapsed - elapsed is { } left && left < Dialer.ConnectTime
            ? TimeSpan.FromTicks(Math.Max(left.Ticks, TimeSpan.TicksPerMillisecond))
            : Dialer.ConnectTime;

    /// <summary>
    /// True for a message that has waited as long as its sender does: the sender has been told, or is about to give up, and showing the message now
    /// would be a lie to both. A state is worth having late.
    /// </summary>
    public bool IsTooLate(bool isPropertyChange, TimeSpan waited) => !isPropertyChange && waited >= MaxElapsed;
}
