using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>Leases, restarts, losses.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task Sign_in_state_and_watches_outlast_their_leases()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(50));
        await using var home = await Home.StartAsync(clock: clock);
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari, options => options with { Mode = ConnectionMode.Default });
        await kari.Client.WatchAsync(Home.Jo);
        await jo.Client.SetStateAsync(PresenceState.Busy);
        await kari.Hears<RvpEvent.PresenceChanged>();
        await home.Server.SettlesAsync();

        // Five hours: longer than the longest lease. The clients renew while the clock stands still.
        for (var minute = 0; minute < 300; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await IsRenewedAsync(home.Server, Home.Jo, jo);
            await IsRenewedAsync(home.Server, Home.Kari, kari);
        }
        await jo.Client.SetStateAsync(PresenceState.OnPhone);

        Assert.Equal(PresenceState.OnPhone, (await HearsState(kari, PresenceState.OnPhone)).State);
        Assert.True((await jo.Client.SendAsync(Home.Kari, "still there")).IsDelivered);
        Assert.Equal("still there", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task What_was_fetched_and_not_read_comes_again_and_what_was_read_does_not()
    {
        await using var home = await Home.StartAsync();
        var kari = await home.SignedIn(Home.Kari);
        await using (var hasty = new RvpClient(home.Options(Home.Jo) with { PollLimit = 1 }))
        {
            await hasty.SignInAsync();
            await kari.Client.SendAsync(Home.Jo, "one");
            await kari.Client.SendAsync(Home.Jo, "two");
            await using var events = hasty.ReadEventsAsync().GetAsyncEnumerator();
            foreach (var text in (string[])["one", "two"])
            {
                do Assert.True(await Deadline.For(events.MoveNextAsync().AsTask(), text, () => "")); // Which says that the event before is read.
                while (events.Current is not RvpEvent.MessageReceived);
                Assert.Equal(text, ((RvpEvent.MessageReceived)events.Current).Text);
            }
        }

        var jo = await home.SignedIn(Home.Jo);

        Assert.Equal("two", (await jo.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Theory]
    [InlineData("callback")]
    [InlineData("long poll")]
    public async Task A_restart_of_the_server_goes_unnoticed(string mode)
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo, options => options with { Mode = mode == "callback" ? ConnectionMode.Default : ConnectionMode.LongPoll });
        var kari = await home.SignedIn(Home.Kari);
        await jo.Client.WatchAsync(Home.Kari);

        await home.Server.StopAsync();
        await home.Server.StartAgainAsync();
        await kari.Client.SetStateAsync(PresenceState.AtLunch);
        // News take another way than messages, and one may overtake the other.
        Assert.Equal(PresenceState.AtLunch, (await jo.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        await kari.Client.SendAsync(Home.Jo, "back again");

        Assert.Equal("back again", (await jo.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task A_client_that_lost_its_server_says_so_and_comes_back()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        await jo.Hears<RvpEvent.ConnectionChanged>();

        await home.Server.StopAsync();
        var lost = await jo.Hears<RvpEvent.ConnectionChanged>();
        await home.Server.StartAgainAsync();
        var back = await jo.Hears<RvpEvent.ConnectionChanged>();

        Assert.Equal((ConnectionState.Reconnecting, ConnectionState.SignedIn), (lost.State, back.State));
    }

    [Fact]
    public async Task A_sign_in_that_the_server_has_ended_is_made_anew_with_state_and_watches()
    {
        await using var home = await Home.StartAsync();
        var jo = await home.SignedIn(Home.Jo);
        var kari = await home.SignedIn(Home.Kari);
        await jo.Client.WatchAsync(Home.Kari);
        await jo.Client.SetStateAsync(PresenceState.Busy);
        await kari.Client.WatchAsync(Home.Jo);
        await using var person = home.Server.Person("JoBrown");
        var listed = await person.Asks("SUBSCRIPTIONS", person.Path, "Notification-Type: pragma/notify\r\n");
        var id = listed.Body.Split("<r:subscription-id>")[1].Split('<')[0];

        await person.Asks("UNSUBSCRIBE", person.Path, $"Subscription-Id: {id}\r\n");

        Assert.Equal(PresenceState.Offline, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.Equal(PresenceState.Busy, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        await kari.Client.SetStateAsync(PresenceState.Away);
        Assert.Equal(PresenceState.Away, (await HearsState(jo, PresenceState.Away)).State);
    }

    // Clients renew states after three fifths of their 20 minutes, and subscriptions five minutes before their end; those that poll are silent 90 seconds after
    // a POLL. While they renew, the clock goes on slowly: it must not outrun the requests, nor stop before a timer that was set just after a step.
    private static Task IsRenewedAsync(TestServer server, ImAddress who, Listening client)
    {
        var node = RvpUrl.ForAlias("im.adatum.com", HostAndPort.DefaultPort, who.Name);
        (TimeSpan Subscription, TimeSpan State, TimeSpan Silence) left = default;
        return Deadline.Until(AreRenewedAsync, $"{who} renews its leases", () => $"left are {left}; {client.Story()}");

        async Task<bool> AreRenewedAsync()
        {
            left = await server.ShortestLeasesAsync(node);
            if (left.Subscription > TimeSpan.FromMinutes(5) && left.State > TimeSpan.FromMinutes(8) && left.Silence > TimeSpan.FromSeconds(90)) return true;
            server.Clock!.Advance(TimeSpan.FromMilliseconds(500));
            return false;
        }
    }

    private static async Task<Contact> HearsState(Listening who, PresenceState state)
    {
        while (true)
            if ((await who.Hears<RvpEvent.PresenceChanged>()).Contact is var contact && contact.State == state) return contact;
    }
}
