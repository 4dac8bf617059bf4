using Microsoft.Extensions.Time.Testing;
using RvpServer.Runtime;

namespace RvpServer.Tests.Runtime;

/// <summary>The process stands still, and nobody is blamed for it.</summary>
public sealed class StallsTests
{
    private readonly FakeTimeProvider machine = new();
    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void A_timer_that_is_late_by_more_than_a_second_shows_a_stall()
    {
        using var stalls = new Stalls(machine);

        for (var i = 0; i < 100; i++) machine.Advance(TimeSpan.FromSeconds(0.25));
        machine.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, stalls.Lost);

        machine.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(TimeSpan.FromSeconds(20), stalls.Lost);
        machine.Advance(TimeSpan.FromSeconds(0.25));
        Assert.Equal(TimeSpan.FromSeconds(20), stalls.Lost);
    }

    [Fact]
    public void A_limit_ends_in_time_if_nothing_stands_still()
    {
        using var stalls = new Stalls(machine);
        using var patience = new Patience(stalls, clock);
        patience.Begin(TimeSpan.FromSeconds(10));

        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.False(patience.Token.IsCancellationRequested);
        patience.Begin(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(patience.Token.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.True(patience.Token.IsCancellationRequested);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(20, 10)]
    public void The_time_of_a_stall_does_not_count(double stall, double more)
    {
        using var stalls = new Stalls(machine);
        using var patience = new Patience(stalls, clock);
        patience.Begin(TimeSpan.FromSeconds(10));

        machine.Advance(TimeSpan.FromSeconds(stall));
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(patience.Token.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(more - 0.1));
        Assert.False(patience.Token.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(patience.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_limit_may_be_used_again_and_ends_only_by_its_own_time()
    {
        using var stalls = new Stalls(machine);
        using var patience = new Patience(stalls, clock);
        patience.Begin(TimeSpan.FromSeconds(10));
        var first = patience.Use;
        clock.Advance(TimeSpan.FromSeconds(9));

        Assert.True(patience.TryReset());
        clock.Advance(TimeSpan.FromSeconds(100));
        patience.Begin(TimeSpan.FromSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(1));
        // Whoever has used it before is too late.
        patience.Begin(TimeSpan.FromSeconds(1), first);
        clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.False(patience.Token.IsCancellationRequested);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(patience.Token.IsCancellationRequested);
        Assert.False(patience.TryReset());
    }

    [Fact]
    public void A_limit_that_has_ended_is_of_no_more_use()
    {
        using var stalls = new Stalls(machine);
        using var patience = new Patience(stalls, clock);
        patience.Begin(TimeSpan.FromSeconds(10));

        patience.End();

        Assert.False(patience.TryReset());
    }
}
