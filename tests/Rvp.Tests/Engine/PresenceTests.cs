using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

public class PresenceTests
{
    private readonly Stage stage = new();

    [Theory]
    [InlineData("", "offline")]
    [InlineData("online", "online")]
    [InlineData("idle", "idle")]
    [InlineData("idle online", "online")]
    [InlineData("idle offline", "idle")]
    [InlineData("offline online", "online")]
    [InlineData("busy online", "busy")]
    [InlineData("busy on-phone", "on-phone")]
    [InlineData("on-phone idle offline", "on-phone")]
    [InlineData("invisible online", "invisible")]
    [InlineData("invisible away", "away")]
    public void Many_views_make_one_presence(string views, string presence)
    {
        var states = views.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((name, i) =>
            (PresenceStates.TryParseName(name, out var state) ? state : throw new ArgumentException(name), (long)i));

        Assert.Equal(presence, PresenceStates.NameOf(PrincipalPresence.Of(states)));
    }

    [Fact]
    public void A_watcher_hears_of_a_change_once_and_in_its_own_spelling()
    {
        Assert.True(RvpUrl.TryParse("http://IM.adatum.com/instmsg/aliases/karihensien", out var spelt));
        stage.KariSignsIn();
        stage.JoWatches(spelt: spelt);
        stage.JoWatches(spelt: spelt);

        var view = stage.KariSets(PresenceState.Online);
        var outcome = stage.KariSetsFlat(PresenceState.OnPhone, view);

        var notification = Assert.Single(outcome.Notifications);
        Assert.Equal(
            "<?xml version=\"1.0\"?><r:notification xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' "
                + "xmlns:a='http://schemas.microsoft.com/rvp/acl/'><r:propnotification>"
                + "<r:notification-from><r:contact><d:href>http://IM.adatum.com/instmsg/aliases/karihensien</d:href><r:description/></r:contact>"
                + "</r:notification-from>"
                + "<r:notification-to><r:contact><d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href><r:description/></r:contact></r:notification-to>"
                + "<d:propertyupdate><d:set><d:prop><r:state><r:on-phone/></r:state></d:prop></d:set></d:propertyupdate></r:propnotification></r:notification>",
            Stage.Text(notification));
        Assert.True(notification.IsPropertyChange);
    }

    [Fact]
    public void Leased_properties_are_bounded_over_many_requests()
    {
        stage.KariSignsIn();
        Outcome Lease(string name, string text) => stage.Take(
            new PropPatch(stage.KariProven, stage.Kari, Stage.Desk,
                [new PropertyEdit(new PropertyName("urn:x", name), false, text, new LeaseTerms(null, null), null)]), stage.KariProven);
        var properties = stage.Rules.MaxProperties;

        for (var i = 0; i < properties + 10; i++) Lease("p" + i, "1");

        Assert.Equal(properties, Assert.Single(stage.Node.Views).Values.Count);
        var half = new string('x', stage.Rules.MaxPropertyCharacters / 2 + 1);
        Lease("p0", half);
        Lease("p0", half.Replace('x', 'y'));
        Lease("p1", half);
        Assert.StartsWith("yy", stage.Node.Views[0].Values[new PropertyName("urn:x", "p0")].InnerXml, StringComparison.Ordinal);
        Assert.Equal("1", stage.Node.Views[0].Values[new PropertyName("urn:x", "p1")].InnerXml);
    }

    [Fact]
    public void The_same_state_again_is_told_to_nobody_and_need_not_wait_for_the_store()
    {
        stage.KariSignsIn();
        stage.JoWatches();
        var view = stage.KariSets(PresenceState.Busy);
        var before = stage.Journal.Count;

        stage.KariSets(PresenceState.Busy, view);

        Assert.All(stage.Journal.Skip(before), change => Assert.False(change.MustBeStored));
        Assert.Equal("busy", stage.JoSees());
    }

    [Fact]
    public void A_renewed_lease_does_not_bring_an_older_state_back()
    {
        stage.KariSignsIn(1051, Stage.Desk);
        stage.KariSignsIn(1052, Stage.Laptop);
        var desk = stage.KariSets(PresenceState.Busy, from: Stage.Desk);
        stage.KariSets(PresenceState.AtLunch, from: Stage.Laptop);

        stage.KariSets(PresenceState.Busy, desk);

        Assert.Equal("at-lunch", stage.JoSees());
    }

    [Fact]
    public void Appear_offline_looks_offline_to_others_and_is_seen_by_oneself()
    {
        stage.KariSignsIn();
        stage.JoWatches();

        stage.KariSets(PresenceState.Invisible);

        Assert.Equal("offline", stage.JoSees());
        Assert.Equal(PresenceState.Invisible,
            Assert.Single(stage.Node.Views).Values.Values.Select(value => PresenceStates.TryParseElement(value.InnerXml, out var state) ? state : default)
            .Single());
    }

    [Fact]
    public void After_twenty_minutes_without_renewal_the_default_is_seen()
    {
        stage.KariSignsIn();
        stage.JoWatches();
        var view = stage.KariSets(PresenceState.Online);

        Assert.Empty(stage.Later(TimeSpan.FromMinutes(19)).Notifications);
        var outcome = stage.Later(TimeSpan.FromMinutes(1));

        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(outcome.Notifications)), StringComparison.Ordinal);
        Assert.Equal("offline", stage.JoSees());
        Assert.Equal(Refusal.NoSuchView, Stage.Refused(stage.KariSetsFlat(PresenceState.Online, view)));
        Assert.Single(stage.Node.SignIns);
    }

    [Fact]
    public void After_four_hours_without_renewal_the_sign_in_is_over()
    {
        stage.KariSignsIn();
        stage.JoWatches();
        stage.KariSets(PresenceState.Online, lease: TimeSpan.FromHours(4));

        var outcome = stage.Later(TimeSpan.FromHours(4));

        Assert.Empty(stage.Node.SignIns);
        Assert.Empty(stage.Node.Views);
        Assert.Empty(stage.Node.Watches);
        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(outcome.Notifications)), StringComparison.Ordinal);
        Assert.Null(stage.Node.NextDue is { } due && due > stage.Now ? due : null);
    }

    [Fact]
    public void Signing_out_at_one_place_leaves_the_other()
    {
        var desk = stage.KariSignsIn(1051, Stage.Desk);
        stage.KariSets(PresenceState.Busy, from: Stage.Desk);
        stage.KariSignsIn(1052, Stage.Laptop);
        stage.KariSets(PresenceState.Online, from: Stage.Laptop);
        stage.JoWatches();

        var outcome = stage.Take(new Rvp.Engine.Requests.Unsubscribe(stage.KariProven, desk), stage.KariProven);

        Assert.Contains("<r:online/>", Stage.Text(Assert.Single(outcome.Notifications)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_that_never_sends_a_view_id_comes_out_right()
    {
        stage.KariSignsIn();

        foreach (var state in new[] { PresenceState.Online, PresenceState.Busy, PresenceState.Online, PresenceState.Offline })
        {
            stage.KariSetsFlat(state);
            Assert.Equal(PresenceStates.NameOf(state), stage.JoSees());
        }

        Assert.Single(stage.Node.Views);
    }

    [Fact]
    public void A_state_without_view_id_does_not_revive_a_sign_in_that_was_left_behind()
    {
        stage.KariSignsIn(1051);
        stage.KariSets(PresenceState.Online);
        stage.Later(TimeSpan.FromMinutes(20));
        stage.KariSignsIn(1052);
        stage.KariSetsFlat(PresenceState.Online);

        stage.KariSetsFlat(PresenceState.Busy);
        stage.KariSetsFlat(PresenceState.Online);

        Assert.Equal("online", stage.JoSees());
    }

    [Fact]
    public void A_restart_changes_nothing_that_can_be_seen()
    {
        stage.KariSignsIn();
        var view = stage.KariSets(PresenceState.OnPhone);
        stage.JoWatches();
        stage.KariBlocksJo();
        stage.KariWrites(new AccessEntry(stage.Jo, Credentials.Any, Rights.None, Rights.None));

        stage.Restart();

        Assert.Equal("on-phone", stage.JoSees());
        Assert.Single(stage.Node.Watches);
        stage.KariSets(PresenceState.Busy, view);
        Assert.Equal("busy", stage.JoSees());
    }

    [Fact]
    public void After_a_restart_leases_get_a_grace_period()
    {
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online);
        stage.Restart();

        stage.Later(TimeSpan.FromMinutes(4));
        Assert.Equal("online", stage.JoSees());
    }

    [Fact]
    public void A_dead_callback_takes_its_view_with_it()
    {
        stage.KariSignsIn(1051);
        stage.KariSets(PresenceState.Online);
        stage.JoWatches();

        var outcome = stage.Take(new Rvp.Engine.Requests.EndCallback(Stage.CallbackAt(1051)), new Caller(stage.Kari, Credentials.Internal));

        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(outcome.Notifications)), StringComparison.Ordinal);
        Assert.Empty(stage.Node.SignIns);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_state_set_before_the_sign_in_ends_with_the_last_one(int signIns)
    {
        stage.KariSetsFlat(PresenceState.Online);
        for (var i = 0; i < signIns; i++) stage.KariSignsIn(1051 + i);
        Assert.Equal("online", stage.JoSees());

        stage.Later(TimeSpan.FromHours(4));

        Assert.Equal("offline", stage.JoSees());
    }
}
