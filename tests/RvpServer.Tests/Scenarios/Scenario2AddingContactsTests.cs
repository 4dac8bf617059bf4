using Microsoft.Extensions.Time.Testing;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Scenarios;

/// <summary>Scenario 2: Adding Contacts to the Contact List. [white paper]</summary>
public sealed class Scenario2AddingContactsTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task Jo_adds_Kari_to_the_contact_list()
    {
        await Jo.SignsIn();

        // Step 3: an update/propchange subscription, with Jo's own URL as its callback.
        var watch = await Jo.Watches(Kari);
        Assert.Equal("HTTP/1.1 207 Multi-Status", watch.StatusLine);
        Assert.Equal("14400", watch["Subscription-Lifetime"]);
        Assert.Equal("offline", StateIn(watch));

        // Step 5: Jo's URL is logged on Kari's node.
        var id = watch["Subscription-Id"];
        AssertAnswer(
            Document("200 Successful", $"<?xml version=\"1.0\"?><r:subscriptions {Ns}><r:subscription><r:subscription-id>{id}</r:subscription-id>"
                + "<d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href>"
                + "<a:principal><a:rvp-principal>http://im.adatum.com/instmsg/aliases/JoBrown</a:rvp-principal></a:principal><d:timeout>14400</d:timeout>"
                + "</r:subscription></r:subscriptions>"),
            await Kari.ListsWatchers());
    }

    [Fact]
    public async Task The_value_times_out_after_four_hours()
    {
        await Kari.SignsIn();
        await Jo.SignsIn();
        await Jo.Watches(Kari);

        await Passes(TimeSpan.FromHours(4) - TimeSpan.FromMinutes(1));
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Passes(TimeSpan.FromMinutes(1));
        await LeasesRunOut(Kari);
        await Kari.SetsState("online");

        Assert.DoesNotContain(Jo.Url, (await Kari.ListsWatchers()).Body, StringComparison.Ordinal);
        await Jo.HearsNothing();
    }
}
