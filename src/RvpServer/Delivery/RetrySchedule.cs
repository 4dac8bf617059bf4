using RvpServer.Outbound;

namespace RvpServer.Delivery;

/// <summary>When to try again: a maximum number of attempts with doubling pauses between them, within a time. Pure.</summary>
/// <param name="Attempts">Number of attempts, including the first.</param>
/// <param name="FirstPause">Between the first two.</param>
/// <param name="MaxPause">Longest pause.</param>
/// <param name="MaxElapsed">No attempt begins later than this; null: no limit.</param>
internal sealed record RetrySchedule(int Attempts, TimeSpan FirstPause, TimeSpan MaxPause, TimeSpan? MaxElapsed)
{
    /// <summary>One attempt: for deliveries inside this process.</summary>
    public static readonly RetrySchedule Once = new(1, TimeSpan.Zero, TimeSpan.Zero, null);

    /// <summary>
    /// For other servers, about a minute and a half: longer than for clients, since their restart is an everyday event. No pause is long, so that a server
    /// that is back soon gets what it missed; one that stays away is owed it.
    /// </summary>
    public static readonly RetrySchedule ForServers = new(13, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(10), null);

    /// <summary>
    /// For callbacks. Decision: together with <see cref="Dialer.ConnectTime"/> this limits the time that a sender waits to about 15 s for a dead callback, and
    /// to that plus CallbackTimeout for one that accepts the connection and then hangs, without the time in which it waits for a place of this server; old
    /// clients give up on a request after 30 s. [client: pidgin-librvp]
    /// </summary>
    public static RetrySchedule ForCallbacks(int attempts) => new(attempts, TimeSpan.FromSeconds(0.25), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(15));

    /// <summary>The pause before the next attempt; null if there is none.</summary>
    /// <param name="made">Attempts made, from 1.</param>
    /// <param name="elapsed">Time since the first of them began.</param>
    public TimeSpan? PauseAfter(int made, TimeSpan elapsed)
    {
        if (made >= Attempts) return null;
        var doublings = Math.Min(made - 1, 10);
        var pause = TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << doublings, MaxPause.Ticks));
        return !(elapsed + pause >= MaxElapsed) ? pause : null;
    }

    /// <summary>How long the attempt that begins now may take to connect and write. Always positive if <see cref="PauseAfter"/> allowed it.</summary>
    public TimeSpan ConnectTimeAt(TimeSpan elapsed) =>
        MaxElapsed - elapsed is { } left && left < Dialer.ConnectTime
            ? TimeSpan.FromTicks(Math.Max(left.Ticks, TimeSpan.TicksPerMillisecond))
            : Dialer.ConnectTime;

    /// <summary>
    /// True for a message that has waited as long as its sender waits: the sender was told that it failed, or is about to give up, so it must not be shown now.
    /// A presence state is still useful later.
    /// </summary>
    public bool IsTooLate(bool isPropertyChange, TimeSpan waited) => !isPropertyChange && waited >= MaxElapsed;
}
