namespace RvpServer.Runtime;

/// <summary>The time that people read. It may be put right by hours, so no span is measured by it.</summary>
internal sealed class WallClock(TimeProvider clock)
{
#pragma warning disable RS0030 // The one place that may.
    /// <summary>The clock of this machine.</summary>
    public static readonly TimeProvider OfMachine = TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>The time on the wall.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>What the clock on the wall shows for a moment of the server's time.</summary>
    /// <param name="moment">The moment, by <see cref="SteadyTime"/>.</param>
    /// <param name="now">The server's time now.</param>
    public DateTimeOffset Of(DateTimeOffset moment, DateTimeOffset now) => Now - (now - moment);
}
