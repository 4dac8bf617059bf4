using Microsoft.Extensions.Time.Testing;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 1: Logging On to Instant Messaging. [white paper]</summary>
public sealed class Scenario1LoggingOnTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task Jo_logs_on()
    {
        await Kari.SignsIn();
        await Kari.Watches(Jo);

        // Steps 6 and 7: the router has referred Jo's client to the home server.
        Jo.Host = "imhomeserver1.adatum.com";
        Jo.Prefix = "/instmsg/local/im.adatum.com";

        // Steps 4 to 8: SUBSCRIBE with the callback; who Jo is gets proven by Digest.
        var signIn = await Jo.SignsIn();
        Assert.Equal("HTTP/1.1 200 Successful", signIn.StatusLine);

        // Step 9: state, properties, who watches, access list.
        var online = await Jo.SetsState("online");
        Assert.Equal("HTTP/1.1 207 Multi-Status", online.StatusLine);
        Assert.Contains("<d:timeout>1200</d:timeout>", online.Body, StringComparison.Ordinal);
        Assert.Equal("online", StateIn(await Jo.LooksUp(Jo)));
        var watchers = await Jo.ListsWatchers();
        Assert.Contains($"<d:href>{Kari.Url}</d:href>", watchers.Body, StringComparison.Ordinal);
        var access = await Jo.ReadsAcl();
        Assert.Contains("<a:allprincipals/>", access.Body, StringComparison.Ordinal);

        // Step 10: each subscriber hears of the change from offline to online.
        await Kari.Sees(Jo, "online");
    }

    [Fact]
    public async Task Jo_does_not_issue_another_proppatch_within_twenty_minutes()
    {
        await Kari.SignsIn();
        await Kari.Watches(Jo);
        await Jo.SignsIn();
        await Jo.SetsState("online");
        await Kari.Sees(Jo, "online");

        await Passes(TimeSpan.FromMinutes(20) - TimeSpan.FromSeconds(1));
        await Kari.HearsNothing();
        await Passes(TimeSpan.FromSeconds(1));

        await Kari.Sees(Jo, "offline");
        Assert.Equal("offline", StateIn(await Kari.LooksUp(Jo)));
    }

    [Fact]
    public async Task Jo_renews_the_state_in_time()
    {
        await Kari.SignsIn();
        await Kari.Watches(Jo);
        await Jo.SignsIn();
        await Jo.SetsState("online");
        await Kari.Sees(Jo, "online");

        await Passes(TimeSpan.FromMinutes(19));
        await Jo.SetsState("online");
        await Passes(TimeSpan.FromMinutes(19));

        await Kari.HearsNothing();
        Assert.Equal("online", StateIn(await Kari.LooksUp(Jo)));
    }
}
