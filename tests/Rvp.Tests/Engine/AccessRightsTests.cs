using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace Rvp.Tests.Engine;

public class AccessRightsTests
{
    private readonly Stage stage = new();

    [Fact]
    public void A_blocked_watcher_sees_offline_for_ever()
    {
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online);
        stage.JoWatches();

        var blocked = stage.KariBlocksJo();
        var changed = stage.KariSetsFlat(PresenceState.Busy);

        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(blocked.Notifications)), StringComparison.Ordinal);
        Assert.Empty(changed.Notifications);
        Assert.Equal("offline", stage.JoSees());
        Assert.Contains("<r:state><r:offline/></r:state>", System.Text.Encoding.UTF8.GetString(stage.JoWatches().Body!), StringComparison.Ordinal);
        Assert.Equal(Refusal.NotAvailable, Stage.Refused(stage.JoSends()));
    }

    [Fact]
    public void An_unblocked_watcher_sees_presence_again()
    {
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online);
        stage.JoWatches();
        stage.KariBlocksJo();

        var outcome = stage.KariWrites(new AccessEntry(
            stage.Jo, Credentials.Assertion | Credentials.Digest | Credentials.Ntlm, Rights.SendTo | Rights.Presence, Rights.None));

        Assert.Contains("<r:online/>", Stage.Text(Assert.Single(outcome.Notifications)), StringComparison.Ordinal);
        Assert.IsType<Answer.AsDelivered>(stage.JoSends().Answer);
    }

    [Fact]
    public void A_blocked_watcher_hears_of_a_new_name_as_from_somebody_absent()
    {
        stage.JoWatches();
        var absent = stage.KariSetsName("Kari H.");
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online);
        stage.KariBlocksJo();
        stage.KariSetsName("Kari Hensien");

        var blocked = stage.KariSetsName("Kari H.");

        Assert.Equal(Stage.Text(Assert.Single(absent.Notifications)), Stage.Text(Assert.Single(blocked.Notifications)));
        Assert.Contains("<r:offline/>", Stage.Text(blocked.Notifications[0]), StringComparison.Ordinal);
        Assert.Contains("Kari H.", Stage.Text(blocked.Notifications[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Forbid_says_so()
    {
        var strict = new Stage(new Rules { IsBlockingPolite = false });
        strict.KariSignsIn();
        strict.KariBlocksJo();

        Assert.Equal(403, Stage.Refused(strict.JoSends()).Status);
        Assert.Equal(403, Stage.Refused(strict.Take(
            new Watch(strict.JoProven, strict.Kari, new Callback.Logical(strict.Jo), null, Stage.Laptop), strict.JoProven)).Status);
    }

    [Fact]
    public void A_change_of_one_entry_leaves_the_others()
    {
        stage.KariBlocksJo();
        stage.KariWrites(new AccessEntry(Stage.Url("Other"), Credentials.Any, Rights.Presence, Rights.None));

        Assert.Equal(2, stage.Node.Access.Count);
        stage.KariWrites(new AccessEntry(stage.Jo, Credentials.Any, Rights.None, Rights.None));
        Assert.Equal(1, stage.Node.Access.Count);
    }

    [Fact]
    public void The_owner_cannot_be_locked_out()
    {
        stage.KariWrites(new AccessEntry(stage.Kari, Credentials.Any, Rights.None, Rights.All),
            new AccessEntry(null, Credentials.Any, Rights.None, Rights.All));

        Assert.True(stage.Node.Access.Allows(stage.KariProven, Rights.All));
        stage.KariSignsIn();
    }

    [Fact]
    public void Everyones_entry_is_always_there()
    {
        stage.KariWrites(new AccessEntry(null, Credentials.Any, Rights.List, Rights.None));
        stage.KariWrites(new AccessEntry(null, Credentials.Any, Rights.None, Rights.None));

        var everyone = Assert.Single(stage.Node.Access.ToEntries(stage.Kari), entry => entry.Principal is null);
        Assert.Equal(Rights.List | Rights.Read | Rights.SendTo | Rights.Presence, everyone.Grant);
    }

    [Theory]
    [InlineData(Credentials.Digest, Credentials.Digest, true)]
    [InlineData(Credentials.Digest | Credentials.Ntlm, Credentials.Assertion, false)]
    [InlineData(Credentials.Assertion, Credentials.Assertion, true)]
    [InlineData(Credentials.Digest, Credentials.Internal, true)]
    [InlineData(Credentials.Any, Credentials.Assertion, true)]
    public void Other_credentials_than_listed_count_as_not_listed(Credentials listed, Credentials shown, bool isMeant)
    {
        stage.KariWrites(
            new AccessEntry(null, Credentials.Any, Rights.None, Rights.Presence),
            new AccessEntry(stage.Jo, listed, Rights.Presence, Rights.None));

        Assert.Equal(isMeant, stage.Node.Access.Allows(new Caller(stage.Jo, shown), Rights.Presence));
    }

    [Fact]
    public void Who_could_prove_more_is_asked_for_it()
    {
        stage.KariWrites(new AccessEntry(null, Credentials.Any, Rights.None, Rights.None | Rights.SendTo),
            new AccessEntry(stage.Jo, Credentials.Digest, Rights.SendTo, Rights.None));

        Assert.Equal(Refusal.ProofNeeded, Stage.Refused(stage.JoSends(new Caller(stage.Jo, Credentials.Assertion))));
    }

    [Fact]
    public void Every_request_of_the_owners_refuses_others()
    {
        Request[] owners =
        [
            new SignIn(stage.JoProven, stage.Kari, Stage.CallbackAt(1051), null, Stage.Desk),
            new ListSubscriptions(NotificationType.Notify),
            new PropPatch(stage.JoProven, stage.Kari, Stage.Desk, []),
            new ReadAcl(stage.JoProven),
            new WriteAcl([]),
        ];
        foreach (var request in owners)
        {
            Assert.Equal(Refusal.NotAllowed, Stage.Refused(stage.Take(request, stage.JoProven)));
            Assert.Equal(Refusal.ProofNeeded, Stage.Refused(stage.Take(request, new Caller(stage.Kari, Credentials.Assertion))));
            Assert.Equal(Refusal.ProofNeeded, Stage.Refused(stage.Take(request, Caller.Nobody)));
        }
    }

    [Fact]
    public void Nobody_may_watch_read_or_send()
    {
        Assert.Equal(Refusal.ProofNeeded,
            Stage.Refused(stage.Take(new Watch(Caller.Nobody, stage.Kari, new Callback.Logical(stage.Jo), null, Stage.Desk), Caller.Nobody)));
        Assert.Equal(Refusal.ProofNeeded, Stage.Refused(stage.JoSends(Caller.Nobody)));
    }
}
