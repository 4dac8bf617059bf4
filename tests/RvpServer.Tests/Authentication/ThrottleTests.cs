using System.Net;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Authentication;
using RvpServer.Collections;

namespace RvpServer.Tests.Authentication;

public class ThrottleTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly Throttle throttle;

    public ThrottleTests() => throttle = new Throttle(clock);

    [Fact]
    public void Ten_failures_use_an_account_up_from_every_address()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(TimeSpan.Zero, throttle.WaitFor(From("10.0.0.1", "jobrown")));
            throttle.CountFailure(From($"10.0.0.{i}", "JoBrown"));
        }

        Assert.Equal(TimeSpan.FromSeconds(30), throttle.WaitFor(From("10.9.9.9", "JoBrown")));
        Assert.Equal(TimeSpan.Zero, throttle.WaitFor(From("10.9.9.9", "KariHensien")));
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(TimeSpan.Zero, throttle.WaitFor(From("10.9.9.9", "JoBrown")));
    }

    [Fact]
    public void Fifty_failures_use_an_address_up_for_every_account()
    {
        for (var i = 0; i < 50; i++) throttle.CountFailure(From("2001:db8::1", "guess" + i));

        Assert.Equal(TimeSpan.FromSeconds(5), throttle.WaitFor(From("2001:db8::2", "JoBrown")));
        Assert.Equal(TimeSpan.Zero, throttle.WaitFor(From("2001:db8:0:1::1", "JoBrown")));
    }

    [Fact]
    public void Each_failure_is_answered_later_up_to_two_seconds()
    {
        var delays = Enumerable.Range(0, 5).Select(_ => throttle.CountFailure(From("10.0.0.1", "JoBrown")).TotalMilliseconds);

        Assert.Equal([250, 500, 1000, 2000, 2000], delays);
    }

    [Fact]
    public void Where_an_account_has_signed_in_before_it_gets_in_while_others_hammer_it()
    {
        throttle.CountSuccess(From("10.0.0.1", "JoBrown"));

        for (var i = 0; i < 1000; i++) throttle.CountFailure(From("192.0.2.1", "JoBrown"));
        for (var i = 0; i < 1000; i++) throttle.CountFailure(From("10.0.0.1", "guess" + i));

        Assert.Equal(TimeSpan.Zero, throttle.WaitFor(From("10.0.0.1", "JoBrown")));
        Assert.NotEqual(TimeSpan.Zero, throttle.WaitFor(From("10.0.0.2", "JoBrown")));
    }

    [Fact]
    public void Where_an_account_has_signed_in_before_guessing_is_slow_too()
    {
        throttle.CountSuccess(From("10.0.0.1", "JoBrown"));

        for (var i = 0; i < 10; i++) throttle.CountFailure(From("10.0.0.1", "JoBrown"));

        Assert.Equal(TimeSpan.FromSeconds(30), throttle.WaitFor(From("10.0.0.1", "JoBrown")));
    }

    [Fact]
    public void However_many_failures_one_refill_ends_the_wait()
    {
        for (var i = 0; i < 5000; i++) throttle.CountFailure(From("10.0.0.1", "JoBrown"));

        clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(TimeSpan.Zero, throttle.WaitFor(From("10.0.0.1", "JoBrown")));
    }

    [Fact]
    public void A_map_holds_no_more_than_it_may_and_forgets_what_was_not_used_for_longest()
    {
        var map = new LruMap<int, string>(2);

        map.Set(1, "one");
        map.Set(2, "two");
        map.Set(1, "one again");
        map.Set(3, "three");

        Assert.Equal(2, map.Count);
        Assert.True(map.TryGet(1, out var one));
        Assert.Equal("one again", one);
        Assert.False(map.TryGet(2, out _));
    }

    private static Claim From(string address, string name) => Claim.Of("im.adatum.com", name, IPAddress.Parse(address));
}
