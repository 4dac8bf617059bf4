using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

/// <summary>Kari polls, and then nothing is heard of her client any more.</summary>
public class SilenceTests
{
    private readonly Stage stage = new();

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public void After_a_minute_and_a_half_without_a_word_she_is_shown_offline_and_gets_no_messages()
    {
        stage.JoWatches();
        stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Online);
        Assert.Equal(stage.Now + Patience, stage.Node.NextDue);

        Assert.Empty(stage.Later(Patience - TimeSpan.FromSeconds(1)).Notifications);
        Assert.IsType<Answer.AsDelivered>(stage.Says("Are you there?"));
        var told = stage.Later(TimeSpan.FromSeconds(1)).Notifications;

        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(told)), StringComparison.Ordinal);
        Assert.Equal("offline", stage.JoSees());
        Assert.Equal(new Answer.Refused(Refusal.NotAvailable), stage.Says("Hello?"));
    }

    [Theory]
    [InlineData("a poll")]
    [InlineData("a renewal")]
    [InlineData("a state with its view")]
    public void A_word_of_the_client_brings_her_back(string word)
    {
        stage.JoWatches();
        var signIn = stage.KariSignsInToPoll();
        var view = stage.KariSets(PresenceState.Busy);
        stage.Later(TimeSpan.FromMinutes(10));
        Assert.Equal("offline", stage.JoSees());

        var told = Say(word, signIn, view).Notifications;

        Assert.Contains("<r:busy/>", Stage.Text(Assert.Single(told)), StringComparison.Ordinal);
        Assert.Equal("busy", stage.JoSees());
        Assert.IsType<Answer.AsDelivered>(stage.Says("There you are"));
        Assert.Equal(["There you are"], stage.KariPolls(signIn));
        stage.Later(Patience);
        Assert.Equal("offline", stage.JoSees());
    }

    [Theory]
    [InlineData("a poll")]
    [InlineData("a renewal")]
    [InlineData("a state with its view")]
    public void A_word_now_and_then_keeps_her_there(string word)
    {
        stage.JoWatches();
        var signIn = stage.KariSignsInToPoll();
        var view = stage.KariSets(PresenceState.Online);

        for (var i = 0; i < 100; i++)
        {
            Assert.Empty(stage.Later(TimeSpan.FromSeconds(80)).Notifications);
            if (i % 5 == 0) stage.KariSets(PresenceState.Online, view);
            Assert.Empty(Say(word, signIn, view).Notifications);
        }
    }

    [Fact]
    public void Polling_is_seldom_written_to_the_store()
    {
        var signIn = stage.KariSignsInToPoll();
        var before = stage.Journal.Count;

        for (var i = 0; i < 72; i++)
        {
            stage.Later(TimeSpan.FromSeconds(50));
            stage.KariPolls(signIn);
        }

        // In an hour.
        Assert.Equal(12, stage.Journal.Skip(before).Count(change => change is not Change.SubscriptionHeard));
    }

    [Fact]
    public void A_poll_that_waits_is_a_sign_of_life_until_its_client_goes_away()
    {
        var signIn = stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Online);
        var waiting = new Poll([signIn], null) { Wait = TimeSpan.FromMinutes(5) };
        stage.Take(waiting, stage.KariProven);

        stage.Later(TimeSpan.FromMinutes(5) + Patience - TimeSpan.FromSeconds(1));
        Assert.Equal("online", stage.JoSees());
        stage.Take(waiting, stage.KariProven);
        stage.Later(TimeSpan.FromMinutes(1));
        stage.Node.FindNextDue(stage.Rules);
        stage.Take(new LeavePoll([signIn]), new Caller(stage.Kari, Credentials.Internal));
        Assert.Equal(stage.Now + Patience, stage.Node.NextDue);
        stage.Later(Patience);

        Assert.Equal("offline", stage.JoSees());
    }

    [Fact]
    public void A_poll_that_was_answered_before_its_time_waits_no_longer()
    {
        var signIn = stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Online);
        var waiting = new Poll([signIn], null) { Wait = TimeSpan.FromMinutes(5) };
        stage.Take(waiting, stage.KariProven);
        stage.Says("Hello");

        stage.Take(waiting, stage.KariProven);
        stage.Later(Patience);

        Assert.Equal("offline", stage.JoSees());
    }

    [Theory]
    [InlineData(60, 120)]
    [InlineData(600, 1200)]
    [InlineData(900, 1800)]
    [InlineData(1800, 1800)]
    public void A_client_that_polls_seldom_says_so_and_may_miss_one_time(int interval, int patience)
    {
        stage.KariSignsInToPoll(TimeSpan.FromSeconds(interval));
        stage.KariSets(PresenceState.Online, lease: TimeSpan.FromHours(1));

        stage.Later(TimeSpan.FromSeconds(patience - 1));
        Assert.Equal("online", stage.JoSees());
        Assert.IsType<Answer.AsDelivered>(stage.Says("Later"));
        stage.Later(TimeSpan.FromSeconds(1));

        Assert.Equal("offline", stage.JoSees());
    }

    [Fact]
    public void What_another_place_says_counts_and_it_alone_gets_messages()
    {
        var tab = stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Busy);
        stage.Later(TimeSpan.FromMinutes(1));
        var phone = stage.KariSignsInToPoll(from: Stage.Laptop);
        stage.KariSets(PresenceState.Online, from: Stage.Laptop);
        Assert.Equal("busy", stage.JoSees());

        stage.Later(TimeSpan.FromSeconds(30));

        Assert.Equal("online", stage.JoSees());
        Assert.Equal([new DeliveryResult(DeliveryOutcome.Delivered)], Assert.IsType<Answer.AsDelivered>(stage.Says("Hello")).Known);
        Assert.Empty(stage.KariPolls(tab));
        Assert.Equal(["Hello"], stage.KariPolls(phone));
    }

    [Fact]
    public void A_state_of_no_sign_in_is_not_shown_when_nobody_is_heard_of()
    {
        stage.KariSetsFlat(PresenceState.Online);
        stage.KariSignsInToPoll();
        Assert.Equal("online", stage.JoSees());

        stage.Later(Patience);
        Assert.Equal("offline", stage.JoSees());

        stage.KariSignsInToPoll(from: Stage.Laptop);
        Assert.Equal("online", stage.JoSees());
    }

    [Fact]
    public void A_state_without_a_view_is_that_of_a_place_that_is_there()
    {
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online, lease: TimeSpan.FromHours(1));
        stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Online, lease: TimeSpan.FromHours(1));
        stage.Later(Patience);

        stage.KariSetsFlat(PresenceState.Busy);

        Assert.Equal("busy", stage.JoSees());
        Assert.True(stage.Node.SignIns[1].IsSilent);
    }

    [Fact]
    public void Silence_outlasts_a_restart_and_everybody_else_has_time_to_come_back()
    {
        stage.KariSignsInToPoll();
        stage.KariSets(PresenceState.Busy, lease: TimeSpan.FromHours(1));
        stage.Later(Patience);
        var phone = stage.KariSignsInToPoll(from: Stage.Laptop);
        stage.KariSets(PresenceState.Online, lease: TimeSpan.FromHours(1), from: Stage.Laptop);

        stage.Restart();

        Assert.Equal("online", stage.JoSees());
        stage.Later(TimeSpan.FromMinutes(5) - TimeSpan.FromSeconds(1));
        Assert.Equal("online", stage.JoSees());
        stage.Later(TimeSpan.FromSeconds(1));
        Assert.Equal("offline", stage.JoSees());
        stage.KariPolls(phone);
        Assert.Equal("online", stage.JoSees());
    }

    [Fact]
    public void Silence_is_not_the_end_of_a_callback()
    {
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online, lease: TimeSpan.FromHours(1));

        stage.Later(TimeSpan.FromMinutes(20));

        Assert.Equal("online", stage.JoSees());
    }

    [Fact]
    public void Abandoned_tabs_do_not_multiply()
    {
        for (var i = 0; i < 10; i++)
        {
            stage.KariSignsInToPoll();
            stage.Later(Patience);
        }
        var phone = stage.KariSignsInToPoll(from: Stage.Laptop);

        Assert.Equal(2, stage.Node.SignIns.Length);
        Assert.NotNull(stage.Node.FindSubscription(phone));
    }

    private Outcome Say(string word, int signIn, int view)
    {
        Request request = word switch
        {
            "a poll" => new Poll([signIn], null),
            "a renewal" => new Renew(stage.KariProven, signIn, null),
            _ => new PropPatch(stage.KariProven, stage.Kari, Stage.Desk,
                [new PropertyEdit(PropertyName.MobileState, false, "0", new LeaseTerms(null, null), view)]),
        };
        return stage.Take(request, stage.KariProven);
    }
}
