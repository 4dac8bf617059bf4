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

    [Theory]
    [InlineData("http://im.evil.example/instmsg/aliases/eve", true)]
    [InlineData("http://evil.example/instmsg/aliases/eve", true)]
    [InlineData("http://im.evil.example:8080/groups/eve", true)]
    [InlineData("im.evil.example", true)]
    [InlineData("evil.example", true)]
    [InlineData("http://devil.example/instmsg/aliases/eve", false)]
    [InlineData("http://evil.example.com/instmsg/aliases/eve", false)]
    [InlineData("http://example/instmsg/aliases/eve", false)]
    public void An_entry_for_a_domain_is_meant_for_all_of_it(string principal, bool isBlocked)
    {
        stage.KariWrites(new AccessEntry(Parsed("evil.example"), Credentials.Any, Rights.None, Rights.SendTo | Rights.Presence));
        var caller = new Caller(Parsed(principal), Credentials.Assertion);

        Assert.Equal(!isBlocked, stage.Node.Access.Allows(caller, Rights.SendTo));
        Assert.Equal(isBlocked, stage.Node.Access.Blocks(caller));
        Assert.Equal(1, stage.Node.Access.Count);
    }

    [Fact]
    public void Ones_own_entry_decides_before_the_domains_and_the_closest_domain_before_others_and_everyone()
    {
        stage.KariWrites(
            new AccessEntry(Parsed("evil.example"), Credentials.Any, Rights.None, Rights.SendTo),
            new AccessEntry(Parsed("im.evil.example"), Credentials.Any, Rights.SendTo, Rights.None),
            new AccessEntry(Parsed("http://im.evil.example/instmsg/aliases/eve"), Credentials.Assertion, Rights.None, Rights.SendTo),
            new AccessEntry(Parsed("http://evil.example/instmsg/aliases/friend"), Credentials.Any, Rights.SendTo, Rights.None),
            new AccessEntry(null, Credentials.Any, Rights.None, Rights.SendTo));

        Assert.True(MaySend("http://im.evil.example/instmsg/aliases/other"));
        Assert.False(MaySend("http://im.evil.example/instmsg/aliases/eve"));
        Assert.False(MaySend("http://www.evil.example/instmsg/aliases/other"));
        Assert.True(MaySend("http://evil.example/instmsg/aliases/friend"));
        Assert.False(MaySend("http://im.contoso.com/instmsg/aliases/other"));
    }

    [Fact]
    public void A_blocked_domain_sees_offline_and_a_removed_entry_opens_it_again()
    {
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Online);
        stage.JoWatches();

        var blocked = stage.KariWrites(new AccessEntry(Parsed("im.adatum.com"), Credentials.Any, Rights.None, Rights.SendTo | Rights.Presence));
        stage.Restart();
        var open = stage.KariWrites(new AccessEntry(Parsed("http://im.adatum.com/"), Credentials.Any, Rights.None, Rights.None));

        Assert.Contains("<r:offline/>", Stage.Text(Assert.Single(blocked.Notifications)), StringComparison.Ordinal);
        Assert.Contains("<r:online/>", Stage.Text(Assert.Single(open.Notifications)), StringComparison.Ordinal);
        Assert.Equal(0, stage.Node.Access.Count);
    }

    [Theory]
    [InlineData(NewAccountAccess.Everyone, "http://im.contoso.com/instmsg/aliases/eve", Rights.List | Rights.Read | Rights.SendTo | Rights.Presence)]
    [InlineData(NewAccountAccess.Domain, "http://im.contoso.com/instmsg/aliases/eve", Rights.None)]
    [InlineData(NewAccountAccess.Domain, "http://im.adatum.com.contoso.com/instmsg/aliases/eve", Rights.None)]
    [InlineData(NewAccountAccess.Domain, "http://im.adatum.com/instmsg/aliases/eve", Rights.List | Rights.Read | Rights.SendTo | Rights.Presence)]
    [InlineData(NewAccountAccess.Contacts, "http://im.contoso.com/instmsg/aliases/eve", Rights.List | Rights.Read | Rights.SendTo)]
    [InlineData(NewAccountAccess.Contacts, "http://im.adatum.com/instmsg/aliases/eve", Rights.List | Rights.Read | Rights.SendTo)]
    public void Without_an_entry_for_everyone_the_servers_choice_counts(NewAccountAccess access, string principal, Rights granted)
    {
        var chosen = new Stage(new Rules { NewAccountAccess = access });
        var caller = new Caller(Parsed(principal), Credentials.Assertion);

        Assert.Equal(granted, Enum.GetValues<Rights>().Where(right => right is not (Rights.None or Rights.All) && chosen.Node.Access.Allows(caller, right))
            .Aggregate(Rights.None, (all, right) => all | right));
        // What clients want to find is what they find, whatever it means.
        Assert.Equal(Rights.List | Rights.Read | Rights.SendTo | Rights.Presence, chosen.Node.Access.ToEntries(chosen.Kari)[^1].Grant);
    }

    [Theory]
    [InlineData(NewAccountAccess.Domain)]
    [InlineData(NewAccountAccess.Contacts)]
    public void An_entry_of_ones_own_opens_what_the_server_closes_and_so_does_everyones(NewAccountAccess access)
    {
        var chosen = new Stage(new Rules { NewAccountAccess = access });
        var eve = new Caller(Parsed("http://im.contoso.com/instmsg/aliases/eve"), Credentials.Assertion);

        chosen.KariWrites(new AccessEntry(eve.Principal, Credentials.Any, Rights.SendTo | Rights.Presence, Rights.None));
        Assert.True(chosen.Node.Access.Allows(eve, Rights.SendTo | Rights.Presence));
        chosen.KariWrites(new AccessEntry(eve.Principal, Credentials.Any, Rights.None, Rights.None));
        Assert.False(chosen.Node.Access.Allows(eve, Rights.Presence));

        // The very entry that is shown already: now it is the owner's.
        chosen.KariWrites(chosen.Node.Access.ToEntries(chosen.Kari)[^1]);
        chosen.Restart();
        Assert.True(chosen.Node.Access.Allows(eve, Rights.SendTo | Rights.Presence));
        chosen.KariWrites(new AccessEntry(null, Credentials.Any, Rights.None, Rights.None));
        Assert.False(chosen.Node.Access.Allows(eve, Rights.Presence));
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

    private static RvpUrl Parsed(string text) => RvpUrl.TryParse(text, out var url) ? url : throw new ArgumentException(text, nameof(text));

    private bool MaySend(string principal) => stage.Node.Access.Allows(new Caller(Parsed(principal), Credentials.Assertion), Rights.SendTo);
}
