using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Restart;

/// <summary>The power fails right after an answer that promised something: everything is there afterwards, and the old ids are good.</summary>
public sealed class PowerCutTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task A_sign_in_and_its_state_are_there_and_their_ids_are_good()
    {
        await Kari.SignsIn();
        await Kari.SetsState("busy");

        await using var after = await ThePowerFails();

        Assert.Equal("busy", StateIn(await Jo.LooksUp(Kari)));
        Assert.Equal(200, (await Kari.Renews(Kari.SignIn)).Status);
        Assert.Equal(200, (await Jo.Says(Kari, "Are you there?")).Status);
        await Kari.Hears(Jo, "Are you there?");
        Assert.Equal(207, (await Kari.SetsState("on-phone")).Status);
        Assert.Equal(200, (await Kari.SignsOut()).Status);
        Assert.Equal("offline", StateIn(await Jo.LooksUp(Kari)));
    }

    [Fact]
    public async Task A_watch_is_there_and_tells()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        var watch = (await Jo.Watches(Kari))["Subscription-Id"]!;

        await using var after = await ThePowerFails();

        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");
        Assert.Equal(200, (await Jo.Renews(int.Parse(watch, CultureInfo.InvariantCulture), Kari)).Status);
        Assert.Equal(200, (await Jo.StopsWatching(Kari, watch)).Status);
    }

    [Fact]
    public async Task A_property_is_there()
    {
        await Kari.Asks("PROPPATCH", Kari.Path, "",
            $"<d:propertyupdate {Ns}><d:set><d:prop><d:displayname>K. Hensien</d:displayname><f:pet xmlns:f='urn:f'>Tom</f:pet></d:prop></d:set>"
                + "</d:propertyupdate>");
        var before = await Jo.LooksUp(Kari, "<d:displayname/><f:pet xmlns:f='urn:f'/>");

        await using var after = await ThePowerFails();

        Assert.Equal(before.Body, (await Jo.LooksUp(Kari, "<d:displayname/><f:pet xmlns:f='urn:f'/>")).Body);
        Assert.Contains("K. Hensien", before.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_access_list_is_there()
    {
        await Kari.SignsIn();
        await Kari.Blocks(Jo);
        var before = await Kari.ReadsAcl();

        await using var after = await ThePowerFails();

        Assert.Equal(before.Body, (await Kari.ReadsAcl()).Body);
        Assert.Equal(412, (await Jo.Says(Kari, "Hello?")).Status);
    }

    [Fact]
    public async Task What_waited_for_a_poll_is_there_and_the_cursor_is_good()
    {
        await Kari.SignsInToPoll();
        await Jo.Says(Kari, "One");
        var first = await Kari.Polls();
        await Jo.Says(Kari, "Two");
        var both = await Kari.Polls();

        await using var after = await ThePowerFails();

        Assert.Equal(both.Body, (await Kari.Polls()).Body);
        Assert.Contains("Two", (await Kari.Polls(first["RVP-Poll-Cursor"])).Body, StringComparison.Ordinal);
        Assert.Equal(204, (await Kari.Polls(both["RVP-Poll-Cursor"])).Status);
        Assert.Equal(200, (await Jo.Says(Kari, "Three")).Status);
        Assert.Contains("Three", (await Kari.Polls(both["RVP-Poll-Cursor"])).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_ended_stays_ended()
    {
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Kari.SignsOut();

        await using var after = await ThePowerFails();

        Assert.Equal("offline", StateIn(await Jo.LooksUp(Kari)));
        Assert.Equal(412, (await Kari.Renews(Kari.SignIn)).Status);
    }

    [Fact]
    public async Task New_ids_are_none_of_the_old_ones()
    {
        var ids = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            await Jo.SignsIn();
            ids.Add(Jo.SignIn);
        }

        await using var after = await ThePowerFails();

        for (var i = 0; i < 20; i++)
        {
            await Jo.SignsIn();
            Assert.DoesNotContain(Jo.SignIn, ids);
        }
    }

    [Fact]
    public async Task Leases_get_a_grace_period_and_then_end()
    {
        await Kari.SignsIn();
        await Kari.SetsState("online", lease: 14400);
        Clock!.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));

        await using var after = await ThePowerFails();

        Clock.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal("online", StateIn(await Jo.LooksUp(Kari)));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Deadline.Until(() => StateIn(Jo.LooksUp(Kari).GetAwaiter().GetResult()) == "offline", "offline after the grace period", () => "still online");
    }

    [Theory]
    [InlineData("half a write follows")]
    [InlineData("the last write is cut off")]
    [InlineData("the last write is garbled")]
    public async Task A_torn_last_write_costs_at_most_itself(string damage)
    {
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Kari.Blocks(Jo);

        await using var after = await ThePowerFails(folder =>
        {
            using var log = new FileStream(Directory.GetFiles(folder, "*-wal").Single(), FileMode.Open);
            Assert.True(log.Length > 0);
            if (damage == "half a write follows")
            {
                log.Seek(0, SeekOrigin.End);
                log.Write(new byte[1000]);
            }
            else if (damage == "the last write is cut off")
            {
                log.SetLength(log.Length - 1000);
            }
            else
            {
                log.Seek(-500, SeekOrigin.End);
                log.Write("torn"u8);
            }
        });

        Assert.Equal("busy", StateIn(await Kari.LooksUp(Kari)));
        Assert.Equal(200, (await Kari.Renews(Kari.SignIn)).Status);
        // The last write was the block: kept where nothing of it was lost.
        Assert.Equal(damage == "half a write follows" ? "offline" : "busy", StateIn(await Jo.LooksUp(Kari)));
    }

    [Fact]
    public async Task A_stop_in_good_order_and_a_start_keep_everything()
    {
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Jo.SignsIn();
        await Jo.Watches(Kari);

        await Server.StopAsync();
        await Server.StartAgainAsync();

        Assert.Equal("busy", StateIn(await Jo.LooksUp(Kari)));
        await Kari.SetsState("away");
        await Jo.Sees(Kari, "away");
        Assert.Equal(200, (await Kari.Renews(Kari.SignIn)).Status);
    }

    private async Task<TestServer> ThePowerFails(Action<string>? damage = null)
    {
        var after = await Server.AfterPowerCutAsync(damage);
        Jo.Server = after;
        Kari.Server = after;
        return after;
    }
}
