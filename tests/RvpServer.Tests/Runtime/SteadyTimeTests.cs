using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Runtime;

namespace RvpServer.Tests.Runtime;

/// <summary>The server's own time.</summary>
public sealed class SteadyTimeTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(24 * 365)]
    public void It_passes_over_steps_of_the_wall_clock(int hours)
    {
        var clock = new SteppedClock();
        using var time = new SteadyTime(clock, Start, isPaused: false);

        clock.Advance(TimeSpan.FromSeconds(10));
        clock.Step = TimeSpan.FromHours(hours);
        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(Start + TimeSpan.FromSeconds(20), time.GetUtcNow());
    }

    [Fact]
    public void It_stands_still_while_the_process_does()
    {
        var clock = new FakeTimeProvider();
        using var time = new SteadyTime(clock, Start, isPaused: true);
        for (var second = 0; second < 100; second++) clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Start + TimeSpan.FromSeconds(100), time.GetUtcNow());

        clock.Advance(TimeSpan.FromHours(5));

        Assert.InRange(time.GetUtcNow(), Start + TimeSpan.FromSeconds(100), Start + TimeSpan.FromSeconds(105));
    }

    [Fact]
    public void It_never_goes_back()
    {
        var clock = new FakeTimeProvider();
        using var time = new SteadyTime(clock, Start, isPaused: true);
        var random = new Random(1);
        var last = time.GetUtcNow();
        for (var i = 0; i < 10_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(random.Next(10) == 0 ? 30_000 : 300)));
            var now = time.GetUtcNow();
            Assert.True(now >= last);
            last = now;
        }
    }

    [Fact]
    public void What_people_read_is_the_wall_clock()
    {
        var clock = new SteppedClock();
        using var time = new SteadyTime(clock, Start, isPaused: false);
        var wall = new WallClock(clock);

        clock.Step = TimeSpan.FromHours(1);

        Assert.Equal(Start + TimeSpan.FromHours(1), wall.Now);
        Assert.Equal(wall.Now - TimeSpan.FromMinutes(5), wall.Of(time.GetUtcNow() - TimeSpan.FromMinutes(5), time.GetUtcNow()));
    }
}
