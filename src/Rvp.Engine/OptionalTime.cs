namespace Rvp.Engine;

/// <summary>A time or none, for what every account has: 8 bytes, where <c>DateTimeOffset?</c> has 24.</summary>
public readonly record struct OptionalTime
{
    private readonly long ticks; // 0: none.

    private OptionalTime(long ticks) => this.ticks = ticks;

    /// <summary>Keeps a time.</summary>
    public static implicit operator OptionalTime(DateTimeOffset? time) => new(time is { } known ? known.UtcTicks : 0);

    /// <summary>The time, in UTC.</summary>
    public static implicit operator DateTimeOffset?(OptionalTime time) => time.ToDateTimeOffset();

    /// <summary>The time, in UTC.</summary>
    public DateTimeOffset? ToDateTimeOffset() => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);
}
