using System.Globalization;

namespace RvpServer.Tests.Verbs;

/// <summary>UNSUBSCRIBE.</summary>
public sealed class UnsubscribeTests : HomeServerTest
{
    [Fact]
    public async Task A_sign_in_ends_with_its_view_and_watchers_see_it()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");

        var answer = await Kari.SignsOut();

        AssertAnswer(Empty("200 Successful"), answer);
        await Jo.Sees(Kari, "offline");
        AssertAnswer(Refused("412 Precondition Failed", "There is no such subscription."), await Kari.SignsOut());
        AssertAnswer(Refused("412 Precondition Failed", "There is no such view."), await Kari.SetsState("online"));
    }

    [Fact]
    public async Task Signing_out_at_one_place_leaves_the_other()
    {
        var laptop = Comes("KariHensien");
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await laptop.SignsIn();
        await laptop.SetsState("online");
        await Jo.Watches(Kari);

        await Kari.SignsOut();

        await Jo.Sees(Kari, "online");
        Assert.Equal(200, (await Jo.Says(Kari, "Still there?")).Status);
        await laptop.Hears(Jo, "Still there?");
        Assert.Empty(Kari.Callback.All);
    }

    [Fact]
    public async Task A_watch_is_ended_by_its_watcher_or_by_the_owner_and_by_no_one_else()
    {
        var own = await Jo.Watches(Kari);
        var removed = await Jo.Watches(Kari);
        var karis = await Kari.Watches(Kari);

        Assert.Equal(412, (await Jo.StopsWatching(Kari, karis["Subscription-Id"]!)).Status);
        AssertAnswer(Empty("200 Successful"), await Jo.StopsWatching(Kari, own["Subscription-Id"]!));
        AssertAnswer(Empty("200 Successful"), await Kari.StopsWatching(Kari, removed["Subscription-Id"]!));
        Assert.DoesNotContain(Jo.Url, (await Kari.ListsWatchers()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_place_of_the_account_may_end_a_sign_in()
    {
        await Kari.SignsIn();
        var laptop = Comes("KariHensien");
        await laptop.SignsIn();

        Assert.Equal(200, (await laptop.StopsWatching(laptop, Kari.SignIn.ToString(CultureInfo.InvariantCulture))).Status);

        Assert.DoesNotContain($"<r:subscription-id>{Kari.SignIn}<", (await laptop.ListsSignIns()).Body, StringComparison.Ordinal);
    }
}
