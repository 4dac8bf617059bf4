using Microsoft.Extensions.Time.Testing;

namespace Rvp.Testing;

/// <summary>A test's clock whose wall clock can be put right by hours, while timers and spans go on as before.</summary>
internal sealed class SteppedClock() : FakeTimeProvider(new DateTimeOffset(2026, 11, 26, 9, 0, 0, TimeSpan.Zero))
{
    /// <summary>By how much the wall clock was put right.</summary>
    public TimeSpan Step { get; set; }

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;
}
