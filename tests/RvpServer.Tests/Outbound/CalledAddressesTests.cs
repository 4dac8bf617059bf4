using System.Net;
using Microsoft.Extensions.Time.Testing;
using RvpServer.Outbound;

namespace RvpServer.Tests.Outbound;

/// <summary>Nobody is called too much, by however many names.</summary>
public class CalledAddressesTests
{
    private static readonly IPAddress Third = IPAddress.Parse("192.0.2.7");

    private readonly FakeTimeProvider clock = new();

    [Fact]
    public void New_connections_to_an_address_come_slowly_after_the_first()
    {
        var called = new CalledAddresses(clock);

        Assert.Equal(64, OpenAll(called, Third));
        Assert.Equal(64, OpenAll(called, IPAddress.Parse("192.0.2.8")));
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(16, OpenAll(called, Third));
    }

    [Fact]
    public void A_connection_that_has_ended_leaves_room_for_another()
    {
        var called = new CalledAddresses(clock);
        while (OpenAll(called, Third) > 0) clock.Advance(TimeSpan.FromSeconds(4));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(called.TryOpen(Third));

        called.Close(Third);

        Assert.True(called.TryOpen(Third));
        Assert.False(called.TryOpen(Third));
    }

    [Fact]
    public void A_household_counts_as_one_address()
    {
        var called = new CalledAddresses(clock);

        Assert.Equal(64, Enumerable.Range(1, 100).Count(i => called.TryOpen(IPAddress.Parse($"2001:db8:1:2::{i:x}"))));
    }

    private static int OpenAll(CalledAddresses called, IPAddress address)
    {
        var count = 0;
        while (called.TryOpen(address)) count++;
        return count;
    }
}
