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

        // Nine hours: twice the longest lease and more. The clients renew while the clock stands still.
        for (var minute = 0; minute < 540; minute++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            foreach (var who in new[] { Home.Jo, Home.Kari }) await IsRenewedAsync(home.Server, who);
        }
        await jo.Client.SetStateAsync(PresenceState.OnPhone);

        Assert.Equal(PresenceState.OnPhone, (await HearsState(kari, PresenceState.OnPhone)).State);
        Assert.True((await jo.Client.SendAsync(Home.Kari, "still there")).IsDelivered);
        Assert.Equal("still there", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
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

    // The shortest leases last 20 minutes, and clients renew them five minutes or more before their end. The clock goes on slowly, since a client may have set
    // its timer just after a step.
    private static Task IsRenewedAsync(TestServer server, ImAddress who)
    {
        var node = RvpUrl.ForAlias("im.adatum.com", HostAndPort.DefaultPort, who.Name);
        var left = TimeSpan.Zero;
        return Deadline.Until(AreRenewedAsync, $"{who} renews its leases", () => $"the shortest lasts {left}");

        async Task<bool> AreRenewedAsync()
        {
            if ((left = await server.ShortestLeaseAsync(node)) > TimeSpan.FromMinutes(4)) return true;
            server.Clock!.Advance(TimeSpan.FromMilliseconds(100));
            return false;
        }
    }

    private static async Task<Contact> HearsState(Listening who, PresenceState state)
    {
        while (true)
            if ((await who.Hears<RvpEvent.PresenceChanged>()).Contact is var contact && contact.State == state) return contact;
    }
}
