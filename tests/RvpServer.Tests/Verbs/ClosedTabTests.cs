using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>Kari polls and closes her browser, or her laptop.</summary>
public sealed class ClosedTabTests : HomeServerTest
{
    private static readonly string NotAvailable = Refused("412 Precondition Failed", "The recipient is not available.");

    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task After_90_s_she_is_offline_and_senders_learn_it_and_her_next_poll_brings_her_back()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsInToPoll();
        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");

        await Passes(TimeSpan.FromSeconds(90));

        await Jo.Sees(Kari, "offline");
        AssertAnswer(NotAvailable, await Jo.Says(Kari, "Are you there?"));
        Assert.Equal(204, (await Kari.Polls()).Status);
        await Jo.Sees(Kari, "online");
        Assert.Equal(200, (await Jo.Says(Kari, "There you are")).Status);
        Assert.Contains("There you are", (await Kari.Polls()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poll_that_waits_is_heard_of_and_a_connection_that_breaks_is_not()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsInToPoll();
        await Kari.SetsState("online", lease: 14400);
        await Jo.Sees(Kari, "online");
        var connection = await Server.ConnectAsync();
        await connection.SendAsync(
            $"POLL {Kari.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nSubscription-Id: {Kari.SignIn}\r\nPrefer: wait=300\r\nRVP-From-Principal: {Kari.Url}\r\n"
                + $"{await Kari.Proof("POLL", Kari.Path)}\r\n");
        await Deadline.Until(() => HeardUntil() > Clock!.GetUtcNow(), "a poll that waits", () => "none");

        await Passes(TimeSpan.FromSeconds(200));
        Assert.Equal("online", StateIn(await Jo.LooksUp(Kari)));
        await connection.DisposeAsync();
        await Deadline.Until(() => HeardUntil() <= Clock!.GetUtcNow(), "the end of the connection", () => "not seen");
        await Passes(TimeSpan.FromSeconds(90));

        await Jo.Sees(Kari, "offline");
    }

    [Fact]
    public async Task Who_says_that_the_page_goes_away_is_gone_after_the_grace_and_not_at_once()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsInToPoll();
        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");

        Assert.Equal(200, (await Kari.SignsOut("RVP-Grace: 20\r\n")).Status);
        await Passes(TimeSpan.FromSeconds(19));
        Assert.Equal("online", StateIn(await Jo.LooksUp(Kari)));
        await Passes(TimeSpan.FromSeconds(1));

        await Jo.Sees(Kari, "offline");
        Assert.Equal(204, (await Kari.Polls()).Status);
        await Jo.Sees(Kari, "online");
    }

    [Fact]
    public async Task Whose_page_was_only_loaded_again_is_never_gone()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsInToPoll();
        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");

        await Kari.SignsOut("RVP-Grace: 20\r\n");
        await Passes(TimeSpan.FromSeconds(5));
        await Kari.Polls();
        await Passes(TimeSpan.FromSeconds(80));

        Assert.Equal("online", StateIn(await Jo.LooksUp(Kari)));
        await Jo.HearsNothing();
    }

    [Theory]
    [InlineData("4")]
    [InlineData("91")]
    [InlineData("soon")]
    public async Task A_grace_is_5_to_90_seconds(string grace)
    {
        await Kari.SignsInToPoll();

        AssertAnswer(
            Refused("400 Bad Request", "RVP-Grace must be a number of seconds from 5 to 90."), await Kari.SignsOut($"RVP-Grace: {grace}\r\n"));
    }

    [Fact]
    public async Task Who_has_a_callback_is_there_or_signs_out()
    {
        await Kari.SignsIn();

        AssertAnswer(
            Refused("400 Bad Request", "This subscription has a callback and is not polled."), await Kari.SignsOut("RVP-Grace: 20\r\n"));
    }

    [Fact]
    public async Task A_client_that_polls_every_ten_minutes_says_so_and_stays_online()
    {
        await Kari.SignsInToPoll(interval: 600);
        await Kari.SetsState("online", lease: 14400);

        for (var i = 0; i < 6; i++)
        {
            await Passes(TimeSpan.FromMinutes(10));
            await LeasesRunOut(Kari);
            Assert.Equal("online", StateIn(await Jo.LooksUp(Kari)));
            Assert.Equal(200, (await Jo.Says(Kari, "For later")).Status);
            await Kari.Polls();
        }
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-1")]
    public async Task An_interval_that_is_no_number_is_refused(string interval) =>
        AssertAnswer(
            Refused("400 Bad Request", "RVP-Poll-Interval must be a number of seconds."),
            await Kari.Asks("SUBSCRIBE", Kari.Path, $"Notification-Type: pragma/notify\r\nRVP-Poll-Interval: {interval}\r\n"));

    [Fact]
    public async Task After_a_restart_there_is_time_to_come_back()
    {
        await Kari.SignsInToPoll();
        await Kari.SetsState("online");
        await Passes(TimeSpan.FromSeconds(89));

        await using var after = await Server.AfterPowerCutAsync();
        (Jo.Server, Kari.Server) = (after, after);

        await Passes(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal("online", StateIn(await Jo.LooksUp(Kari)));
        await Passes(TimeSpan.FromSeconds(1));
        await Deadline.Until(() => StateIn(Jo.LooksUp(Kari).GetAwaiter().GetResult()) == "offline", "offline", () => "online");
    }

    // Its lease tells when it was heard of.
    private DateTimeOffset HeardUntil() => NodeOf(Kari).SignIns[0].ExpiresAt - TimeSpan.FromMinutes(30);
}
