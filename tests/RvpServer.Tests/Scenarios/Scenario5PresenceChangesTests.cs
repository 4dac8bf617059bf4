using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 5: Contact Changes Presence Information. [white paper]</summary>
public sealed class Scenario5PresenceChangesTests : HomeServerTest
{
    [Fact]
    public async Task Kari_is_on_the_phone()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Watches(Kari);

        // Step 1: PROPPATCH to the private URL.
        Kari.Prefix = "/instmsg/local/im.adatum.com";
        Assert.Equal("HTTP/1.1 207 Multi-Status", (await Kari.SetsState("on-phone")).StatusLine);

        // Steps 2 to 4: by way of Jo's URL to Jo's callback; in the words in which Jo asked for it.
        await Jo.Sees(Kari, "on-phone");
        Assert.Equal("on-phone", StateIn(await Jo.LooksUp(Kari)));
    }
}
