using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 3: Contact Logs On to Instant Messaging. [white paper]</summary>
public sealed class Scenario3ContactLogsOnTests : HomeServerTest
{
    [Fact]
    public async Task Kari_logs_on_and_Jo_sees_it()
    {
        await Jo.SignsIn();
        await Jo.SetsState("online");
        Assert.Equal("offline", StateIn(await Jo.Watches(Kari)));

        await Kari.SignsIn();
        await Kari.SetsState("online");

        // Step 10: from offline to online, to each subscribed URL.
        await Jo.Sees(Kari, "online");

        // Step 11: Kari's client watches her contacts and sees at once how they are.
        Assert.Equal("online", StateIn(await Kari.Watches(Jo)));
    }
}
