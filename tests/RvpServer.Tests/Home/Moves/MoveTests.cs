using Microsoft.Extensions.DependencyInjection;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Home;
using RvpServer.Home.Moves;
using RvpServer.Tests.Authentication;
using RvpServer.Tests.Web;

namespace RvpServer.Tests.Home.Moves;

/// <summary>Jo Brown moves to a home server in another process, while she is signed in and Kari watches her.</summary>
public sealed class MoveTests
{
    private const string Note = "<x:note xmlns:x='urn:x'/>";

    [Fact]
    public async Task All_that_is_hers_goes_along_and_nobody_notices()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, kari, laptop) = await BeginAsync(site);
        await kari.Says(jo, "Before");
        await jo.Hears(kari, "Before");
        var before = (await jo.ReadsAcl()).Body;

        await site.MovesJoAsync();

        // Her clients ask where they always did, and the directory still names the first home server.
        Assert.Equal(207, (await jo.SetsState("away")).Status);
        await kari.Sees(jo, "away");
        await kari.HearsNothing();
        Assert.Equal(200, (await kari.Says(jo, "After")).Status);
        await jo.Hears(kari, "After");
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.Equal(before, (await jo.ReadsAcl()).Body);
        Assert.Contains("mine", (await jo.LooksUp(jo, Note)).Body, StringComparison.Ordinal);
        var waiting = await laptop.Polls();
        Assert.Contains("Before", waiting.Body, StringComparison.Ordinal);
        Assert.Contains("After", waiting.Body, StringComparison.Ordinal);
        Assert.Equal(204, (await laptop.Polls(waiting["RVP-Poll-Cursor"])).Status);
        await kari.SetsState("on-phone");
        await jo.Sees(kari, "on-phone");
        Assert.Contains(kari.Url, (await jo.ListsWatchers()).Body, StringComparison.Ordinal);
        Assert.Equal((false, true), (IsOn(site.First), IsOn(site.Second)));
    }

    [Fact]
    public async Task What_the_directory_said_before_she_came_ends_nothing_of_hers()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await BeginAsync(site);
        var turns = site.Second.Services.GetRequiredService<NodeTurns>();
        var url = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");
        // As the service that follows the directory does, which has just read there that she is elsewhere.
        await turns.TakeAsync(url, NodeLocator.OwnerOf(site.Directory.Jo), new FindOwner(), new Caller(url, Credentials.Internal), CancellationToken.None);
        var slot = turns.Find(url)!;
        var visits = slot.Visits;

        await site.MovesJoAsync();

        Assert.False(await turns.CloseAsync(slot, visits, CancellationToken.None));
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.True(await turns.CloseAsync(slot, slot.Visits, CancellationToken.None));
        Assert.Equal(412, (await jo.Renews(jo.SignIn)).Status);
    }

    [Fact]
    public async Task She_stays_there_when_both_servers_start_again_and_when_the_directory_knows()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, kari, _) = await BeginAsync(site);
        await site.MovesJoAsync();

        var first = await site.AfterPowerCutAsync(site.First);
        var second = await site.AfterPowerCutAsync(site.Second);
        site.Line.Target = second.Port;
        (jo.Server, kari.Server) = (first, first);

        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.Equal((false, true), (IsOn(first), IsOn(second)));
        site.Directory.Put(site.Directory.Jo with { HomeServer = site.SecondHome });
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.Equal(200, (await jo.SignsOut()).Status);
    }

    [Fact]
    public async Task A_client_that_asks_her_first_home_server_is_led_to_the_other()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await BeginAsync(site);
        await site.MovesJoAsync();

        var answer = await site.First.AskAsync("SUBSCRIBE /instmsg/local/im.adatum.com/instmsg/aliases/JoBrown HTTP/1.1\r\n"
            + $"Host: imhomeserver1.adatum.com\r\nRVP-From-Principal: {jo.Url}\r\nSubscription-Id: {jo.SignIn}\r\nContent-Length: 0\r\n\r\n");

        // As this site's routers do, its home server asks on her behalf, and the other one wants her proof.
        Assert.Equal(401, answer.Status);
        Assert.Equal((false, true), (IsOn(site.First), IsOn(site.Second)));
    }

    [Fact]
    public async Task Back_and_forth_she_keeps_everything()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, kari, _) = await BeginAsync(site);
        var home = site.Directory.Jo.HomeServer!;

        for (var i = 0; i < 2; i++)
        {
            await site.MovesJoAsync();
            await site.Second.Services.GetRequiredService<MoveService>().MoveAsync(site.Directory.Jo, home, CancellationToken.None);
        }

        Assert.Equal((true, false), (IsOn(site.First), IsOn(site.Second)));
        Assert.Equal(207, (await jo.SetsState("away")).Status);
        await kari.Sees(jo, "away");
        await kari.HearsNothing();
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
    }

    [Fact]
    public async Task Her_history_goes_along_with_what_she_has_read_and_nothing_stays_behind()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, kari, _) = await BeginAsync(site);
        await kari.Says(jo, "Seen");
        await jo.Asks("POST", jo.Path, "", $"<h:read xmlns:h='urn:rvpserver:history'><h:with>{kari.Url}</h:with></h:read>");
        await kari.Says(jo, "Unseen");

        await site.MovesJoAsync();

        var after = await jo.Asks("REPORT", jo.Path, "", "<h:conversations-query xmlns:h='urn:rvpserver:history'/>");
        Assert.Contains("<h:unread>1</h:unread>", after.Body, StringComparison.Ordinal);
        Assert.Contains("Unseen", after.Body, StringComparison.Ordinal);
        var found = await jo.Asks("REPORT", jo.Path, "", "<h:history-query xmlns:h='urn:rvpserver:history'><h:match>seen</h:match></h:history-query>");
        Assert.Contains("]]>", found.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Unseen", found.Body, StringComparison.Ordinal);
        Assert.Equal(200, found.Status);
    }

    [Fact]
    public async Task A_poll_that_waits_is_answered_and_the_next_one_goes_where_she_is()
    {
        await using var site = await MoveSite.StartAsync();
        var (_, kari, laptop) = await BeginAsync(site);
        var cursor = (await laptop.Polls())["RVP-Poll-Cursor"];
        var waiting = laptop.Polls(cursor, "Prefer: wait=60\r\n");

        await site.MovesJoAsync();

        Assert.Equal(204, (await waiting).Status);
        var next = laptop.Polls(cursor, "Prefer: wait=60\r\n");
        await kari.Says(laptop, "Hello");
        Assert.Contains("Hello", (await next).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Her_session_of_the_web_client_goes_on()
    {
        await using var site = await MoveSite.StartAsync();
        var browser = new Browser(site.First);
        const string asJo = Browser.OwnPage + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n";
        Assert.Equal(200, (await browser.SignsInAsync()).Status);
        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync(asJo)).Status);

        await site.MovesJoAsync();

        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync(asJo)).Status);
        Assert.Contains("\"name\":\"JoBrown\"", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
        Assert.Equal(204, (await browser.AsksAsync("DELETE", "/session")).Status);
        Assert.Equal(401, (await browser.AsksWhoWatchesJoAsync(asJo)).Status);
    }

    [Fact]
    public async Task Where_the_other_server_cannot_be_reached_nothing_changes()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, kari, _) = await BeginAsync(site);
        site.Line.Target = FreePort.Take();

        var refused = await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());

        Assert.EndsWith("JoBrown@adatum.com stays where it was.", refused.Message, StringComparison.Ordinal);
        await GoesOnAsync(site, jo, kari);
    }

    [Fact]
    public async Task A_server_with_another_key_gets_nothing()
    {
        await using var other = new MoveSite();
        await using var site = await MoveSite.StartAsync(keyOfSecond: other.OtherKey());
        var (jo, kari, _) = await BeginAsync(site);

        var refused = await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());

        Assert.Equal($"{site.SecondHome} has not answered as a home server of this organisation: does it run this version, and hold the key of "
            + "Rvp:OrganisationKeyFile? JoBrown@adatum.com stays where it was.", refused.Message);
        await GoesOnAsync(site, jo, kari);
    }

    [Fact]
    public async Task A_server_with_another_directory_does_not_take_her()
    {
        await using var site = await MoveSite.StartAsync(directoryOfSecond: new InMemoryDirectory());
        var (jo, kari, _) = await BeginAsync(site);

        var refused = await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());

        Assert.StartsWith($"The directory of {site.SecondHome} does not know this account", refused.Message, StringComparison.Ordinal);
        await GoesOnAsync(site, jo, kari);
    }

    [Fact]
    public async Task Strangers_find_nothing_where_servers_talk()
    {
        await using var site = await MoveSite.StartAsync();

        var answer = await site.First.AskAsync("POST /rvpserver/moves HTTP/1.1\r\nHost: imhomeserver1.adatum.com\r\nRVP-Server-Proof: 1772000000 "
            + new string('0', 64) + "\r\nContent-Length: 3\r\n\r\nabc");

        Assert.Equal(501, answer.Status);
    }

    internal static async Task<(Person Jo, Person Kari, Person Laptop)> BeginAsync(MoveSite site)
    {
        var (jo, kari, laptop) = (site.Person("JoBrown", site.First), site.Person("KariHensien", site.First), site.Person("JoBrown", site.First));
        await jo.SignsIn();
        await kari.SignsIn();
        await laptop.SignsInToPoll();
        await jo.SetsState("busy");
        await jo.Watches(kari);
        await jo.Asks("PROPPATCH", jo.Path, "",
            $"<d:propertyupdate {Person.Namespaces}><d:set><d:prop><x:note xmlns:x='urn:x'>mine</x:note></d:prop></d:set></d:propertyupdate>");
        await jo.Unblocks(kari);
        await kari.Watches(jo);
        return (jo, kari, laptop);
    }

    internal static bool IsOn(TestServer server) =>
        server.Services.GetRequiredService<NodeTurns>().All.Any(slot => slot.Node.Url.AliasName == "JoBrown" && !slot.Node.SignIns.IsEmpty);

    private static async Task GoesOnAsync(MoveSite site, Person jo, Person kari)
    {
        Assert.Equal(207, (await jo.SetsState("away")).Status);
        await kari.Sees(jo, "away");
        await kari.HearsNothing();
        Assert.Equal((true, false), (IsOn(site.First), IsOn(site.Second)));
    }
}
