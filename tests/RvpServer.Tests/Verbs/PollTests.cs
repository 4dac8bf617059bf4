using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>POLL.</summary>
public sealed class PollTests : HomeServerTest
{
    private static readonly string NothingNew = "HTTP/1.1 204 No Content\r\nRVP-Notifications-Version: 0.2\r\n\r\n";

    private protected override FakeTimeProvider? Clock { get; } = new();

    private protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["Polling:MaxQueuedNotifications"] = "3", ["Polling:MaxAge"] = "00:20:00" };

    [Fact]
    public async Task A_sign_in_without_callback_is_polled()
    {
        var signIn = await Kari.SignsInToPoll();
        AssertAnswer(Empty("200 Successful", $"Subscription-Id: {Kari.SignIn}\r\nSubscription-Lifetime: 1800\r\n"), signIn);

        AssertAnswer(NothingNew, await Kari.Polls());
        AssertAnswer(NothingNew, await Kari.Polls());
    }

    [Fact]
    public async Task Nothing_new_leaves_the_connection_good()
    {
        await Kari.SignsInToPoll();
        await using var connection = await Server.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            var answer = await connection.AskAsync(
                $"POLL {Kari.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nSubscription-Id: {Kari.SignIn}\r\nRVP-From-Principal: {Kari.Url}\r\n"
                    + $"{await Kari.Proof("POLL", Kari.Path)}\r\n");

            AssertAnswer(NothingNew, answer);
        }
    }

    [Fact]
    public async Task What_waits_comes_in_order_each_as_it_was_sent()
    {
        await Kari.SignsInToPoll();
        Assert.Equal(200, (await Jo.Says(Kari, "One")).Status);
        Assert.Equal(200, (await Jo.Says(Kari, "Two", ackType: "DeepAnd")).Status);

        var answer = await Kari.Polls();

        var cursor = answer["RVP-Poll-Cursor"];
        AssertAnswer(Document("200 Successful", Waiting(Said("One"), Said("Two")), $"RVP-Poll-Cursor: {cursor}\r\n"), answer);
    }

    [Fact]
    public async Task Unacknowledged_notifications_come_again_and_acknowledged_ones_do_not()
    {
        await Kari.SignsInToPoll();
        await Jo.Says(Kari, "One");

        var first = await Kari.Polls();
        var again = await Kari.Polls();
        Assert.Equal(first.Body, again.Body);
        await Jo.Says(Kari, "Two");

        Assert.Equal(Waiting(Said("Two")), (await Kari.Polls(first["RVP-Poll-Cursor"])).Body);
        Assert.Equal(Waiting(Said("Two")), (await Kari.Polls(first["RVP-Poll-Cursor"])).Body);
        var last = await Kari.Polls();
        AssertAnswer(NothingNew, await Kari.Polls(last["RVP-Poll-Cursor"]));
        AssertAnswer(NothingNew, await Kari.Polls());
    }

    [Fact]
    public async Task A_poll_that_wants_one_gets_one()
    {
        await Kari.SignsInToPoll();
        await Jo.Says(Kari, "One");
        await Jo.Says(Kari, "Two");

        var first = await Kari.Polls(headers: "RVP-Poll-Limit: 1\r\n");
        var second = await Kari.Polls(first["RVP-Poll-Cursor"], headers: "RVP-Poll-Limit: 1\r\n");

        Assert.Equal(Waiting(Said("One")), first.Body);
        Assert.Equal(Waiting(Said("Two")), second.Body);
    }

    [Fact]
    public async Task A_long_poll_gets_news_when_they_come()
    {
        await Kari.SignsInToPoll();

        var waiting = Kari.Polls(headers: "Prefer: wait=60\r\n");
        await Jo.Says(Kari, "Are you there?");

        Assert.Equal(Waiting(Said("Are you there?")), (await waiting).Body);
    }

    [Fact]
    public async Task A_long_poll_ends_empty_when_its_time_is_up()
    {
        await Kari.SignsInToPoll();
        await Kari.Polls();

        var waiting = Kari.Polls(headers: "Prefer: respond-async, wait=60\r\n");
        await Deadline.Until(() => PassSeconds(10) && waiting.IsCompleted, "an answer after 60 s", () => "none");

        AssertAnswer(NothingNew, await waiting);
    }

    [Fact]
    public async Task Of_two_long_polls_the_newer_one_stays()
    {
        await Kari.SignsInToPoll();
        await Kari.Polls();

        var one = Kari.Polls(headers: "Prefer: wait=60\r\n");
        var other = Kari.Polls(headers: "Prefer: wait=60\r\n");
        var sentHome = await Task.WhenAny(one, other);
        AssertAnswer(NothingNew, await sentHome);
        await Jo.Says(Kari, "Hello");

        Assert.Equal(Waiting(Said("Hello")), (await (sentHome == one ? other : one)).Body);
    }

    [Fact]
    public async Task Polling_renews_the_lease_and_not_polling_ends_it()
    {
        await Kari.SignsInToPoll(interval: 900);

        await Passes(TimeSpan.FromMinutes(29));
        Assert.Equal(204, (await Kari.Polls()).Status);
        await Passes(TimeSpan.FromMinutes(29));
        Assert.Equal(204, (await Kari.Polls()).Status);
        await Passes(TimeSpan.FromMinutes(30));
        await LeasesRunOut(Kari);

        AssertAnswer(Refused("412 Precondition Failed", "There is no such subscription."), await Kari.Polls());
    }

    [Fact]
    public async Task What_is_not_ones_own_polled_sign_in_cannot_be_polled()
    {
        await Jo.SignsInToPoll();
        await Kari.SignsIn();
        var foreign = $"Subscription-Id: {Jo.SignIn}\r\n";

        AssertAnswer(Refused("412 Precondition Failed", "There is no such subscription."), await Kari.Asks("POLL", Kari.Path, foreign));
        AssertAnswer(Refused("403 Forbidden", "The access list of this node does not allow this."), await Kari.Asks("POLL", Jo.Path, foreign));
        AssertAnswer(Refused("400 Bad Request", "This subscription has a callback and is not polled."), await Kari.Polls());
        AssertAnswer(Refused("400 Bad Request", "Subscription-Id is missing."), await Kari.Asks("POLL", Kari.Path));
    }

    [Theory]
    [InlineData("-1", "RVP-Poll-Cursor must be the number that the last POLL gave.")]
    [InlineData("soon", "RVP-Poll-Cursor must be the number that the last POLL gave.")]
    [InlineData("99999999999999999999", "RVP-Poll-Cursor must be the number that the last POLL gave.")]
    public async Task What_is_no_cursor_is_refused_and_loses_nothing(string cursor, string line)
    {
        await Kari.SignsInToPoll();
        await Jo.Says(Kari, "One");

        AssertAnswer(Refused("400 Bad Request", line), await Kari.Polls(cursor));
        Assert.Equal(Waiting(Said("One")), (await Kari.Polls()).Body);
    }

    [Fact]
    public async Task A_cursor_that_was_never_given_acknowledges_nothing()
    {
        await Kari.SignsInToPoll();
        await Jo.Says(Kari, "One");

        var answer = await Kari.Polls("9000000000000000000");

        Assert.Equal(Waiting(Said("One")), answer.Body);
        AssertAnswer(NothingNew, await Kari.Polls(answer["RVP-Poll-Cursor"]));
    }

    [Fact]
    public async Task Several_subscriptions_are_polled_at_once_and_acknowledged_together()
    {
        var tablet = Comes("KariHensien");
        await Kari.SignsInToPoll();
        await tablet.SignsInToPoll();
        await Jo.Says(Kari, "One");
        var both = $"Subscription-Id: {Kari.SignIn}, {tablet.SignIn}\r\n";

        var answer = await Kari.Asks("POLL", Kari.Path, both);

        Assert.Equal(Waiting(Said("One")), answer.Body);
        AssertAnswer(NothingNew, await Kari.Asks("POLL", Kari.Path, $"{both}RVP-Poll-Cursor: {answer["RVP-Poll-Cursor"]}\r\n"));
        Assert.Equal(412, (await Kari.Asks("POLL", Kari.Path, $"Subscription-Id: {Kari.SignIn}, 2000000000\r\n")).Status);
    }

    [Fact]
    public async Task A_full_queue_refuses_messages_and_drops_none()
    {
        await Kari.SignsInToPoll();
        foreach (var text in (string[])["One", "Two"]) Assert.Equal(200, (await Jo.Says(Kari, text)).Status);

        // Two of three are all that one sender may have; the third is for others.
        AssertAnswer(NoRoom, await Jo.Says(Kari, "Three"));
        Assert.Equal(200, (await Kari.Says(Kari, "Four")).Status);
        AssertAnswer(NoRoom, await Kari.Says(Kari, "Five"));
        Assert.Equal(Waiting(Said("One"), Said("Two"), Kari.MessageTo(Kari, "Four")["<?xml version=\"1.0\"?>".Length..]), (await Kari.Polls()).Body);
    }

    [Fact]
    public async Task Of_each_contact_the_newest_change_waits_and_takes_no_room_of_messages()
    {
        await Kari.SignsInToPoll();
        await Kari.Watches(Jo);
        await Jo.Says(Kari, "One");
        foreach (var state in (string[])["online", "busy", "away", "at-lunch"]) await Jo.SetsState(state);
        // The last state is in: news take the node's turn in order.
        await Deadline.Until(() => Queued().Contains("at-lunch", StringComparison.Ordinal), "the last state in the inbox", Queued);
        await Jo.Says(Kari, "Two");
        await Kari.Says(Kari, "Three");

        var answer = await Kari.Polls();

        Assert.Equal(
            Waiting(Said("One"), Changed("at-lunch"), Said("Two"), Kari.MessageTo(Kari, "Three")["<?xml version=\"1.0\"?>".Length..]), answer.Body);
    }

    [Fact]
    public async Task What_has_waited_too_long_is_gone_and_what_came_later_is_not()
    {
        await Kari.SignsInToPoll();
        await Jo.Says(Kari, "One");
        await Passes(TimeSpan.FromMinutes(10));
        await Kari.Polls();
        await Jo.Says(Kari, "Two");
        await Passes(TimeSpan.FromMinutes(10));

        Assert.Equal(Waiting(Said("Two")), (await Kari.Polls()).Body);
        await Passes(TimeSpan.FromMinutes(10));
        AssertAnswer(NothingNew, await Kari.Polls());
    }

    [Fact]
    public async Task A_long_poll_hears_of_the_end_of_its_sign_in()
    {
        var laptop = Comes("KariHensien");
        await Kari.SignsInToPoll();

        var waiting = Kari.Polls(headers: "Prefer: wait=60\r\n");
        await laptop.StopsWatching(laptop, $"{Kari.SignIn}");

        AssertAnswer(Refused("412 Precondition Failed", "There is no such subscription."), await waiting);
    }

    [Fact]
    public async Task A_server_that_stops_sends_long_polls_home()
    {
        await Kari.SignsInToPoll();
        await Kari.Polls();
        var one = Kari.Polls(headers: "Prefer: wait=60\r\n");
        var other = Kari.Polls(headers: "Prefer: wait=60\r\n");
        // When the older one is answered, the newer one is known to wait.
        var stays = await Task.WhenAny(one, other) == one ? other : one;

        await Server.StopAsync();

        Assert.Equal(204, (await stays).Status);
    }

    [Fact]
    public async Task Polled_and_called_sign_ins_live_side_by_side()
    {
        var desk = Comes("KariHensien");
        await desk.SignsIn();
        await Kari.SignsInToPoll();
        await Kari.Watches(Jo);

        Assert.Equal(200, (await Jo.Says(Kari, "Both of you", ackType: "DeepAnd")).Status);
        await desk.Hears(Jo, "Both of you");
        var first = await Kari.Polls();
        Assert.Equal(Waiting(Said("Both of you")), first.Body);

        await Jo.SetsState("online");
        await desk.Sees(Jo, "online");
        Assert.Equal(Waiting(Changed("online")), (await Kari.Polls(first["RVP-Poll-Cursor"], "Prefer: wait=60\r\n")).Body);
    }

    private static string Waiting(params string[] notifications) =>
        "<?xml version=\"1.0\"?><r:notifications xmlns:r='http://schemas.microsoft.com/rvp/'>" + string.Concat(notifications) + "</r:notifications>";

    private string Said(string text) => Jo.MessageTo(Kari, text)["<?xml version=\"1.0\"?>".Length..];

    private string Changed(string state) =>
        $"<r:notification {Ns}><r:propnotification><r:notification-from><r:contact><d:href>{Jo.Url}</d:href><r:description/></r:contact></r:notification-from>"
        + $"<r:notification-to><r:contact><d:href>{Kari.Url}</d:href><r:description/></r:contact></r:notification-to>"
        + $"<d:propertyupdate><d:set><d:prop><r:state><r:{state}/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>";

    private string Queued() =>
        string.Concat(NodeOf(Kari).Inbox.Entries.ToArray().Select(entry => System.Text.Encoding.UTF8.GetString(entry.Body.Span)));

    private bool PassSeconds(int seconds)
    {
        Clock!.Advance(TimeSpan.FromSeconds(seconds));
        return true;
    }
}
