using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>SUBSCRIBE update/propchange.</summary>
public sealed class WatchTests : HomeServerTest
{
    private static string KariAs(string href, string state) =>
        $"<?xml version=\"1.0\"?><d:multistatus {Ns}><d:response><d:href>{href}</d:href><d:propstat><d:prop><d:displayname>Kari Hensien</d:displayname>"
            + "<r:email>KariHensien@adatum.com</r:email>"
            + $"<r:mobile-state>0</r:mobile-state><r:mobile-description></r:mobile-description><r:state><r:{state}/></r:state></d:prop><d:status>HTTP/1.1 200 "
            + "Successful</d:status></d:propstat></d:response></d:multistatus>";

    [Theory]
    [InlineData("im.adatum.com", "/instmsg/aliases/KariHensien", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("IM.Adatum.com", "/instmsg/aliases/karihensien", "http://IM.Adatum.com/instmsg/aliases/karihensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/aliases/local/im.adatum.com/instmsg/aliases/KariHensien",
        "http://im.adatum.com/instmsg/aliases/KariHensien")]
    [InlineData("imhomeserver1.adatum.com", "/instmsg/local/im.adatum.com/instmsg/KariHensien", "http://im.adatum.com/instmsg/aliases/KariHensien")]
    public async Task The_answer_and_the_news_come_in_the_watchers_own_spelling(string host, string target, string href)
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        Jo.Host = host;

        var answer = await Jo.Asks("SUBSCRIBE", target, $"Notification-Type: update/propchange\r\nCall-Back: {Jo.Url}\r\nSubscription-Lifetime: 14400\r\n");

        AssertAnswer(Document("207 Multi-Status", KariAs(href, "busy"), $"Subscription-Id: {answer["Subscription-Id"]}\r\nSubscription-Lifetime: 14400\r\n"),
            answer);
        await Kari.SetsState("away");
        var news = await Jo.Callback.NextAsync();
        Assert.Contains($"<r:notification-from><r:contact><d:href>{href}</d:href>", news.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_news_are_a_notify_with_exact_headers()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();

        await Kari.SetsState("online");

        var news = await Jo.Sees(Kari, "online");
        Assert.Equal(
            $"NOTIFY / HTTP/1.1\r\nHost: 127.0.0.1:{Jo.Callback.Port}\r\nRVP-Notifications-Version: 0.2\r\nRVP-From-Principal: {Kari.Url}\r\n"
                + "RVP-Hop-Count: 3\r\n"
                + $"Subscription-Id: {Jo.SignIn}\r\nRVP-Ack-Type: DeepOr\r\nContent-Type: text/xml\r\nContent-Length: {news.Body.Length}\r\n\r\n", news.Head);
    }

    [Fact]
    public async Task The_owner_may_watch_itself()
    {
        await Kari.SignsIn();
        await Kari.Watches(Kari);

        await Kari.SetsState("at-lunch");

        await Kari.Sees(Kari, "at-lunch");
    }

    [Fact]
    public async Task Duplicates_have_their_own_ids_and_one_change_tells_once()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        var one = await Jo.Watches(Kari);
        var two = await Jo.Watches(Kari);

        await Kari.SetsState("online");

        Assert.NotEqual(one["Subscription-Id"], two["Subscription-Id"]);
        await Jo.Sees(Kari, "online");
        await Jo.HearsNothing();
    }

    [Fact]
    public async Task A_direct_callback_gets_the_news_too()
    {
        await using var listener = CallbackListener.Start();
        await Kari.SignsIn();
        var watch = await Jo.Asks("SUBSCRIBE", Kari.Path, $"Notification-Type: update/propchange\r\nCall-Back: {listener.Url}some/path?x=1\r\n");

        await Kari.SetsState("online");

        var news = await listener.NextAsync();
        Assert.Equal("NOTIFY /some/path?x=1 HTTP/1.1", news.RequestLine);
        Assert.Equal(watch["Subscription-Id"], news["Subscription-Id"]);
        Assert.Equal("2", news["RVP-Hop-Count"]);
    }

    [Fact]
    public async Task The_politely_blocked_see_offline_for_ever()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Kari.Blocks(Jo);

        var answer = await Jo.Watches(Kari);
        await Kari.SetsState("busy");

        AssertAnswer(Document("207 Multi-Status", KariAs(Kari.Url, "offline"),
            $"Subscription-Id: {answer["Subscription-Id"]}\r\nSubscription-Lifetime: 14400\r\n"), answer);
        AssertAnswer(Refused("412 Precondition Failed", "The recipient is not available."), await Jo.Says(Kari, "Hello?"));
        Assert.Equal("offline", StateIn(await Jo.LooksUp(Kari)));
        await Jo.HearsNothing();
    }

    [Fact]
    public async Task Who_gets_blocked_sees_offline_and_who_is_let_in_again_sees_presence()
    {
        await Jo.SignsIn();
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Jo.Watches(Kari);

        await Kari.Blocks(Jo);
        await Jo.Sees(Kari, "offline");
        await Kari.SetsState("online");
        await Jo.HearsNothing();
        await Kari.Unblocks(Jo);

        await Jo.Sees(Kari, "online");
    }

    [Fact]
    public async Task A_callback_of_someone_elses_is_refused()
    {
        var answer = await Jo.Asks("SUBSCRIBE", Kari.Path, $"Notification-Type: update/propchange\r\nCall-Back: {Kari.Url}\r\n");

        AssertAnswer(Refused("403 Forbidden", "Call-Back must be http to the address you come from, on port 1025 or higher."), answer);
    }
}
