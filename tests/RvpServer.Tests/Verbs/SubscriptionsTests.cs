using Microsoft.Extensions.Time.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>SUBSCRIPTIONS.</summary>
public sealed class SubscriptionsTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task Nobody_watches_and_nobody_is_signed_in()
    {
        var nothing = Document("200 Successful", $"<?xml version=\"1.0\"?><r:subscriptions {Ns}></r:subscriptions>");

        AssertAnswer(nothing, await Kari.ListsWatchers());
        AssertAnswer(nothing, await Kari.ListsSignIns());
    }

    [Fact]
    public async Task Watchers_are_listed_as_they_spell_themselves_with_the_seconds_left()
    {
        var one = (await Jo.Asks("SUBSCRIBE", Kari.Path,
            "Notification-Type: update/propchange\r\nCall-Back: http://im.adatum.com/instmsg/aliases/jobrown\r\n"
                + "Subscription-Lifetime: 14400\r\n"))["Subscription-Id"];
        await Passes(TimeSpan.FromSeconds(9611));
        var two = (await Kari.Watches(Kari))["Subscription-Id"];

        var answer = await Kari.ListsWatchers();

        AssertAnswer(
            Document("200 Successful", $"<?xml version=\"1.0\"?><r:subscriptions {Ns}>" + Entry(one, Jo.Url, 4789) + Entry(two, Kari.Url, 14400)
                + "</r:subscriptions>"), answer);
    }

    [Fact]
    public async Task Sign_ins_are_listed_under_their_own_type()
    {
        await Kari.SignsIn();
        var laptop = Comes("KariHensien");
        await laptop.SignsIn();
        await Jo.Watches(Kari);

        var answer = await laptop.ListsSignIns();

        AssertAnswer(
            Document("200 Successful", $"<?xml version=\"1.0\"?><r:subscriptions {Ns}>" + Entry($"{Kari.SignIn}", Kari.Url, 14400)
                + Entry($"{laptop.SignIn}", Kari.Url, 14400) + "</r:subscriptions>"), answer);
    }

    [Fact]
    public async Task Another_needs_the_right()
    {
        var request = "Notification-Type: update/propchange\r\n";
        AssertAnswer(Refused("403 Forbidden", "The access list of this node does not allow this."), await Jo.Asks("SUBSCRIPTIONS", Kari.Path, request));

        await Kari.Asks("ACL", Kari.Path, "",
            $"<a:rvpacl {Ns}><a:acl><a:ace><a:principal><a:rvp-principal>{Jo.Url}</a:rvp-principal><a:credentials><a:digest/></a:credentials></a:principal>"
                + "<a:grant><a:subscriptions/></a:grant><a:deny/></a:ace></a:acl></a:rvpacl>");

        Assert.Equal(200, (await Jo.Asks("SUBSCRIPTIONS", Kari.Path, request)).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Notification-Type: update/newsletter\r\n")]
    public async Task The_type_is_needed(string header) =>
        AssertAnswer(Refused("400 Bad Request", "Notification-Type must be pragma/notify or update/propchange."),
            await Kari.Asks("SUBSCRIPTIONS", Kari.Path, header));

    private static string Entry(string? id, string watcher, int left) =>
        $"<r:subscription><r:subscription-id>{id}</r:subscription-id><d:href>{watcher}</d:href><a:principal><a:rvp-principal>{watcher}</a:rvp-principal>"
            + $"</a:principal><d:timeout>{left}</d:timeout></r:subscription>";
}
