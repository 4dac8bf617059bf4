using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 7: User Logs Off Instant Messaging. [white paper]</summary>
public sealed class Scenario7LoggingOffTests : HomeServerTest
{
    [Fact]
    public async Task Jo_logs_off()
    {
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Kari.Watches(Jo);
        await Jo.SignsIn();
        await Jo.SetsState("online");
        await Kari.Sees(Jo, "online");
        var watch = await Jo.Watches(Kari);

        // Step 1: the callback is closed; whoever watches Jo sees it.
        Assert.Equal("HTTP/1.1 200 Successful", (await Jo.SignsOut()).StatusLine);
        await Kari.Sees(Jo, "offline");
        Assert.Equal(412, (await Kari.Says(Jo, "Still there?")).Status);

        // Step 2: Jo watches Kari no longer.
        Assert.Equal("HTTP/1.1 200 Successful", (await Jo.StopsWatching(Kari, watch["Subscription-Id"]!)).StatusLine);
        Assert.DoesNotContain(Jo.Url, (await Kari.ListsWatchers()).Body, StringComparison.Ordinal);
        await Kari.SetsState("busy");
        Assert.Empty(Jo.Callback.All);
    }

    [Theory]
    [InlineData("before")]
    [InlineData("after")]
    [InlineData("never")]
    public async Task The_good_bye_may_come_before_or_after_or_never(string goodBye)
    {
        await Kari.SignsIn();
        await Kari.Watches(Jo);
        await Jo.SignsIn();
        await Jo.SetsState("online");
        await Kari.Sees(Jo, "online");

        if (goodBye == "before") await Jo.SetsState("offline");
        await Jo.SignsOut();
        var late = goodBye == "after" ? await Jo.SetsState("offline") : null;

        await Kari.Sees(Jo, "offline");
        await Kari.HearsNothing();
        Assert.True(late is null or { Status: 412 });
    }
}
