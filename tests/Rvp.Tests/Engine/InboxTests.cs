using FsCheck.Xunit;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

/// <summary>What waits for Kari: nothing that was accepted is lost, nothing waits twice.</summary>
public class InboxTests
{
    private readonly Stage stage = new();

    [Theory]
    [InlineData("signs out")]
    [InlineData("is never heard of again")]
    [InlineData("has a new password")]
    public void A_message_that_was_accepted_goes_to_the_next_sign_in(string end)
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.KariPolls(tab);
        stage.Says("Two");
        Ends(end, tab);

        stage.Restart();
        var next = stage.KariSignsInToPoll();

        Assert.Equal(["One", "Two"], stage.KariPolls(next, null, out var cursor));
        Assert.Empty(stage.KariPolls(next, cursor));
        Assert.Empty(stage.Node.Inbox.Entries);
    }

    [Fact]
    public void What_was_acknowledged_is_not_kept()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.KariPolls(tab, null, out var cursor);
        stage.Says("Two");
        stage.KariPolls(tab, cursor);

        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);

        Assert.Equal(["Two"], stage.KariPolls(stage.KariSignsInToPoll()));
    }

    [Fact]
    public void What_another_sign_in_has_taken_is_not_kept()
    {
        var (tab, phone) = (stage.KariSignsInToPoll(), stage.KariSignsInToPoll());
        stage.Says("One");
        Assert.Equal(1, stage.Node.Inbox.Messages);
        stage.KariPolls(phone, null, out var cursor);
        stage.KariPolls(phone, cursor);
        stage.Says("Two");

        foreach (var signIn in (int[])[tab, phone]) stage.Take(new Unsubscribe(stage.KariProven, signIn), stage.KariProven);

        Assert.Equal(["Two"], stage.KariPolls(stage.KariSignsInToPoll()));
    }

    [Fact]
    public void The_last_copy_goes_to_a_sign_in_that_is_there_and_other_copies_do_not()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        var phone = stage.KariSignsInToPoll(from: Stage.Laptop);
        stage.Says("Two");
        Assert.Equal(["Two"], stage.KariPolls(phone));

        stage.Later(TimeSpan.FromSeconds(60));
        stage.KariPolls(phone);
        stage.Later(TimeSpan.FromSeconds(30));

        Assert.Equal(["One", "Two"], stage.KariPolls(phone));
        Assert.Equal(["One", "Two"], stage.KariPolls(tab));
    }

    [Fact]
    public void Who_comes_back_gets_what_nobody_has()
    {
        var tab = stage.KariSignsInToPoll();
        var phone = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Later(TimeSpan.FromSeconds(90));
        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);

        Assert.Equal(["One"], stage.KariPolls(phone));
        Assert.Single(stage.Node.Inbox.Entries);
    }

    [Fact]
    public void A_notice_that_somebody_types_is_not_kept_and_neither_are_states()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("typing", isFleeting: true);
        stage.Changes("JoBrown", State(PresenceState.Busy));
        Assert.Equal(["typing", "JoBrown: <r:busy/>"], stage.KariPolls(tab));

        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);

        Assert.Empty(stage.Node.Inbox.Entries);
    }

    [Fact]
    public void What_is_kept_grows_old_and_goes()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);
        Assert.False(stage.Node.IsUntouched);

        stage.Later(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        stage.Node.FindNextDue(stage.Rules);
        Assert.Equal(stage.Now + TimeSpan.FromSeconds(1), stage.Node.NextDue);
        stage.Later(TimeSpan.FromSeconds(1));

        Assert.Empty(stage.Node.Inbox.Entries);
    }

    [Fact]
    public void A_message_grows_old_and_a_state_does_not()
    {
        var rare = new Stage(new Rules { Polling = PollLimits.Default with { MaxAge = TimeSpan.FromMinutes(10) } });
        var tab = rare.KariSignsInToPoll(TimeSpan.FromMinutes(15));
        rare.Changes("JoBrown", State(PresenceState.Busy));
        rare.Says("One");
        rare.Later(TimeSpan.FromMinutes(9));
        rare.Says("Two");

        rare.Later(TimeSpan.FromMinutes(1));

        Assert.Equal(["JoBrown: <r:busy/>", "Two"], rare.KariPolls(tab));
    }

    [Fact]
    public void Another_account_of_the_same_name_gets_nothing()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);

        stage.Take(new BeginAnew("new"), new Caller(stage.Kari, Credentials.Internal));

        Assert.Empty(stage.KariPolls(stage.KariSignsInToPoll()));
    }

    [Fact]
    public void A_newer_change_takes_the_place_of_the_older_one_and_tells_what_that_told()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Changes("JoBrown", State(PresenceState.Online), new Property(PropertyName.DisplayName, "J. Brown &amp; co"));
        stage.Changes("Anna", State(PresenceState.Away));
        stage.Says("One");
        stage.Changes("JoBrown", State(PresenceState.Busy));

        Assert.Equal(["Anna: <r:away/>", "One", "JoBrown: <r:busy/> J. Brown &amp; co"], stage.KariPolls(tab));
        stage.Restart();
        Assert.Equal(["Anna: <r:away/>", "One", "JoBrown: <r:busy/> J. Brown &amp; co"], stage.KariPolls(tab));
    }

    [Property]
    public bool The_inbox_is_never_longer_than_contacts_and_messages_and_ends_with_the_truth(byte[] happenings)
    {
        var fresh = new Stage();
        var signIns = new List<int> { fresh.KariSignsInToPoll(), fresh.KariSignsInToPoll() };
        var truth = new Dictionary<string, string>();
        var messages = 0;
        foreach (var happening in happenings)
        {
            var contact = "c" + (happening % 5);
            var state = (PresenceState)(happening / 5 % 8);
            if (happening > 200) messages += fresh.Says("m") is Answer.AsDelivered ? 1 : 0;
            else if (fresh.Changes(contact, State(state)).Changes.Count > 0) truth[contact] = $"{contact}: {State(state).InnerXml}";
            if (happening % 7 == 0) fresh.Restart();
        }
        return fresh.Node.Inbox.Entries.Count == truth.Count + messages
            && signIns.TrueForAll(id => fresh.KariPolls(id).Where(text => text != "m").Order().SequenceEqual(truth.Values.Order()));
    }

    [Fact]
    public void Without_room_for_news_those_that_poll_are_signed_off_to_look_anew()
    {
        stage.JoWatches();
        var tab = stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Online);
        stage.Says("One");
        stage.HasRoom = false;

        var told = stage.Changes("JoBrown", State(PresenceState.Busy)).Notifications;

        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(told)), StringComparison.Ordinal);
        Assert.Null(stage.Node.FindSubscription(tab));
        Assert.Equal(["One"], stage.KariPolls(stage.KariSignsInToPoll()));
    }

    [Fact]
    public void Without_room_a_message_is_refused_for_lack_of_it()
    {
        stage.KariSignsInToPoll();
        stage.HasRoom = false;

        Assert.Equal([DeliveryResult.QueueFull], Assert.IsType<Answer.AsDelivered>(stage.Says("One")).Known);
        Assert.Empty(stage.Node.Inbox.Entries);
    }

    [Fact]
    public void Sequences_never_go_back_whatever_the_clock_does()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.KariPolls(tab, null, out var cursor);
        stage.KariPolls(tab, cursor);

        // Nothing is left that would show the last one; the store has its number.
        stage.LastPollSequence = stage.Node.LastPollSequence;
        stage.Journal.RemoveAll(change => change is Change.EntryQueued);
        stage.Restart();
        stage.Later(TimeSpan.FromDays(-1));
        stage.Says("Two");

        Assert.Equal(["Two"], stage.KariPolls(tab, cursor));
    }

    [Fact]
    public void A_cursor_that_was_never_given_acknowledges_nothing()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");

        Assert.Equal(["One"], stage.KariPolls(tab, long.MaxValue, out var cursor));
        Assert.Empty(stage.KariPolls(tab, cursor));
    }

    [Fact]
    public void A_callback_is_handed_what_was_kept_in_order_and_new_messages_wait_behind_it()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Says("Two");
        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);
        var desk = stage.KariSignsIn();
        Assert.Equal([new DeliveryResult(DeliveryOutcome.Delivered)], Assert.IsType<Answer.AsDelivered>(stage.Says("Three")).Known);

        var said = new List<string>();
        long? taken = null;
        while (stage.Take(new HandOver(desk, taken), new Caller(stage.Kari, Credentials.Internal)) is { Answer: Answer.Done { Cursor: { } sent } } next)
        {
            var message = Assert.Single(next.Notifications);
            Assert.Equal((Stage.CallbackAt(1051), desk, false), (message.Callback, message.SubscriptionId, message.IsPropertyChange));
            said.Add(((MessageNotice)NotificationXml.Read(message.Body)).MimeData);
            taken = sent;
        }

        Assert.Equal(["One", "Two", "Three"], said);
        Assert.Empty(stage.Node.Inbox.Entries);
        Assert.Empty(Assert.IsType<Answer.AsDelivered>(stage.Says("Four")).Known);
    }

    [Fact]
    public void A_callback_that_signs_in_twice_gets_each_message_once()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);
        var first = stage.KariSignsIn();
        stage.KariSignsIn();

        stage.Says("Two");

        Assert.Equal(2, stage.Node.Inbox.For(first).Count());
        Assert.Equal(2, stage.Node.Inbox.Messages);
    }

    [Fact]
    public void What_a_callback_has_not_answered_is_kept_when_it_ends()
    {
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);
        var desk = stage.KariSignsIn();
        stage.Take(new HandOver(desk, null), new Caller(stage.Kari, Credentials.Internal));

        stage.Take(new EndCallback(Stage.CallbackAt(1051)), new Caller(stage.Kari, Credentials.Internal));

        Assert.Equal(["One"], stage.KariPolls(stage.KariSignsInToPoll()));
    }

    [Fact]
    public void What_a_callback_has_taken_beside_a_poll_is_not_kept()
    {
        stage.KariSignsIn();
        var tab = stage.KariSignsInToPoll();
        stage.Says("One");
        stage.Take(new NoteTaken(stage.Node.LastPollSequence), new Caller(stage.Kari, Credentials.Internal));
        Assert.Equal(["One"], stage.KariPolls(tab));

        stage.Take(new Unsubscribe(stage.KariProven, tab), stage.KariProven);

        Assert.Empty(stage.Node.Inbox.Entries);
    }

    private static Property State(PresenceState state) => new(PropertyName.State, PresenceStates.ElementOf(state));

    private void Ends(string how, int signIn)
    {
        if (how == "signs out") stage.Take(new Unsubscribe(stage.KariProven, signIn), stage.KariProven);
        else if (how == "is never heard of again") stage.Later(TimeSpan.FromMinutes(30));
        else stage.Take(new EndStale(new Dictionary<RvpUrl, long> { [stage.Kari] = 2 }, _ => true), new Caller(stage.Kari, Credentials.Internal));
    }
}
