using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Authentication;
using RvpServer.Collections;
using RvpServer.Configuration;

namespace RvpServer.Tests.Authentication;

public class ThrottleTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2000, 10, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly KnownAddresses known = new();
    private Throttle throttle;

    public ThrottleTests() => throttle = new Throttle(new GuessOptions(), known, clock);

    [Fact]
    public async Task Ten_failures_use_an_account_up_from_every_address_until_a_refill()
    {
        for (var i = 0; i < 10; i++) await Fails(i < 5 ? "10.0.0.1" : $"10.0.0.{i}", "jo");

        Assert.Equal(TimeSpan.FromSeconds(30), await Refused("10.0.0.1", "jo"));
        await Fails("10.0.0.1", "kari");
        clock.Advance(TimeSpan.FromSeconds(30));
        await Fails("10.0.0.1", "jo");
        await Refused("10.0.0.1", "jo");
    }

    [Fact]
    public async Task Fifty_failures_use_an_address_up_for_every_account()
    {
        for (var i = 0; i < 50; i++) await Fails("2001:db8::1", "guess" + i);

        Assert.Equal(TimeSpan.FromSeconds(5), await Refused("2001:db8::2", "jo"));
        await Fails("2001:db8:0:1::1", "jo");
    }

    [Fact]
    public async Task Each_failure_is_answered_later_up_to_two_seconds()
    {
        var delays = new List<double>();
        for (var i = 0; i < 5; i++) delays.Add((await Fails("10.0.0.1", "jo")).TotalMilliseconds);

        Assert.Equal([250, 500, 1000, 2000, 2000], delays);
    }

    [Fact]
    public void Of_many_guesses_at_once_no_more_are_looked_at_than_there_are_tokens()
    {
        var guesses = new ConcurrentBag<Task<Guess>>();

        Parallel.For(0, 100, _ => guesses.Add(Begins("10.0.0.1", "jo")));

        Assert.Equal(10, guesses.Count(guess => guess is { IsCompleted: true, Result.Wait.Ticks: 0 }));
    }

    [Fact]
    public async Task A_right_password_costs_nothing()
    {
        for (var i = 0; i < 1000; i++) await Succeeds("10.0.0.1", "user" + (i % 100));

        await Fails("10.0.0.1", "jo");
    }

    [Fact]
    public async Task Where_an_account_has_signed_in_before_it_gets_in_while_others_hammer_it()
    {
        await Succeeds("10.0.0.1", "jo");

        for (var i = 0; i < 300; i++) await Tries($"192.0.2.{i % 200}", "jo");
        for (var i = 0; i < 60; i++) await Tries("10.0.0.1", "guess" + i);

        await Succeeds("10.0.0.1", "jo");
        await Refused("192.0.2.7", "jo");
    }

    [Fact]
    public async Task Where_an_account_has_signed_in_before_guessing_is_slow_too()
    {
        await Succeeds("10.0.0.1", "jo");
        for (var i = 0; i < 10; i++) await Fails("10.0.0.1", "jo");

        var next = Begins("10.0.0.1", "jo");

        Assert.False(next.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal(TimeSpan.Zero, (await next).Wait);
    }

    [Fact]
    public async Task From_a_new_address_a_right_password_gets_in_within_seconds_while_a_thousand_addresses_guess()
    {
        var waiting = new List<Task<Guess>>();
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 1000; i++) waiting.Add(Begins($"10.{i / 250}.{i % 250}.1", "jo"));
            foreach (var guess in waiting.Where(guess => guess.IsCompleted && guess.Result.Wait == TimeSpan.Zero)) throttle.Wrong(await guess);
            clock.Advance(TimeSpan.FromSeconds(6));
        }

        var owner = Begins("198.51.100.1", "jo");
        clock.Advance(TimeSpan.FromSeconds(3.1));

        Assert.Equal(TimeSpan.Zero, (await owner.WaitAsync(TimeSpan.FromSeconds(30))).Wait);
    }

    [Fact]
    public async Task Who_has_tried_least_comes_first_and_who_waits_comes_before_who_comes_now()
    {
        for (var i = 0; i < 10; i++) await Fails($"10.0.{i}.1", "jo");
        throttle.Wrong(await Begins("10.1.0.1", "jo"));
        var second = Begins("10.0.1.1", "jo");
        var first = Begins("10.2.0.1", "jo");

        clock.Advance(TimeSpan.FromSeconds(3.1));

        Assert.Equal(TimeSpan.Zero, (await first.WaitAsync(TimeSpan.FromSeconds(30))).Wait);
        Assert.False(second.IsCompleted);
    }

    [Fact]
    public async Task Who_is_not_served_in_time_is_told_when_to_come_again()
    {
        for (var i = 0; i < 10; i++) await Fails($"10.0.{i}.1", "jo");
        throttle.Wrong(await Begins("10.1.0.1", "jo"));
        var unlucky = Begins("10.0.1.1", "jo");
        var lucky = Begins("10.2.0.1", "jo");
        clock.Advance(TimeSpan.FromSeconds(3.1));
        throttle.Wrong(await lucky);

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.NotEqual(TimeSpan.Zero, (await unlucky.WaitAsync(TimeSpan.FromSeconds(30))).Wait);
    }

    [Fact]
    public async Task No_more_wrong_passwords_reach_a_directory_than_it_may_be_asked()
    {
        throttle = new Throttle(new GuessOptions { ToDirectory = 6 }, known, clock);
        await Succeeds("10.0.0.1", "jo");

        var strangers = await CountAsked("192.0.2.1");
        var owners = await CountAsked("10.0.0.1");

        Assert.Equal((3, 3), (strangers, owners));
    }

    [Fact]
    public async Task Who_is_right_leaves_the_directory_open_for_the_next()
    {
        for (var i = 0; i < 20; i++)
        {
            using var guess = await Begins("10.0.0.1", "jo");
            Assert.True(await throttle.TryAskAsync(guess, default));
            Assert.True(throttle.TryResume(guess));
            throttle.Right(guess);
        }
    }

    [Fact]
    public void An_account_has_a_bounded_number_of_known_addresses()
    {
        for (var i = 0; i <= KnownAddresses.MaxPerAccount; i++) known.Add("jo", IPAddress.Parse($"10.0.0.{i}"), clock.GetUtcNow());

        Assert.False(known.Contains("jo", IPAddress.Parse("10.0.0.0")));
        Assert.True(known.Contains("jo", IPAddress.Parse("10.0.0.1")));
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

    private async Task<int> CountAsked(string address)
    {
        var asked = 0;
        for (var i = 0; i < 8; i++)
        {
            using var guess = await Begins(address, "jo");
            if (guess.Wait > TimeSpan.Zero || !await throttle.TryAskAsync(guess, default) || !throttle.TryResume(guess)) continue;
            asked++;
            throttle.Wrong(guess);
        }
        return asked;
    }

    private async Task<TimeSpan> Fails(string address, string account)
    {
        var guess = await Begins(address, account);
        Assert.Equal(TimeSpan.Zero, guess.Wait);
        return throttle.Wrong(guess);
    }

    private async Task Succeeds(string address, string account)
    {
        using var guess = await Begins(address, account);
        Assert.Equal(TimeSpan.Zero, guess.Wait);
        throttle.Right(guess);
    }

    private async Task Tries(string address, string account)
    {
        var guess = Begins(address, account);
        if (guess.IsCompleted && guess.Result.Wait == TimeSpan.Zero) throttle.Wrong(await guess);
    }

    private async Task<TimeSpan> Refused(string address, string account)
    {
        var guess = await Begins(address, account);
        Assert.NotEqual(TimeSpan.Zero, guess.Wait);
        return guess.Wait;
    }

    // Not awaited by every caller: it may wait for a token.
    private Task<Guess> Begins(string address, string account) => throttle.BeginAsync(account, SenderOf(address), CancellationToken.None).AsTask();

    private static IPAddress SenderOf(string address) => RvpServer.Network.SenderAddress.Of(IPAddress.Parse(address));
}
