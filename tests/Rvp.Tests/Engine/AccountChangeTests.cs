using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace Rvp.Tests.Engine;

/// <summary>What happens to a node when its account, or the account's password, is another.</summary>
public class AccountChangeTests
{
    private readonly Stage stage = new();

    private Caller Server => new(stage.Kari, Credentials.Internal);

    [Fact]
    public void A_node_of_another_account_is_emptied_and_watchers_see_offline()
    {
        SignsIn(stamp: 1);
        stage.Take(new WriteAcl([new AccessEntry(Stage.Url("eve"), Credentials.Any, Rights.None, Rights.All)]), stage.KariProven);
        stage.Take(new Watch(stage.JoProven, stage.Kari, Stage.CallbackAt(9999), null, Stage.Desk), stage.JoProven);

        stage.Take(new BeginAnew("new"), Server);

        Assert.True(stage.Node.IsUntouched);
        Assert.Equal("new", stage.Node.AccountId);
        Assert.Empty(stage.Node.Watches);
        Assert.Equal(0, stage.Node.Access.Count);
        Assert.False(stage.Node.BelongsTo(new NodeOwner("", "", "old")));
        Assert.True(stage.Node.BelongsTo(new NodeOwner("", "", "new")));
    }

    [Fact]
    public void Without_ids_accounts_are_told_apart_by_name_as_ever()
    {
        Assert.True(stage.Node.BelongsTo(new NodeOwner("", "", "any")));
        stage.Take(new BeginAnew("known"), Server);

        Assert.True(stage.Node.BelongsTo(new NodeOwner("", "")));
    }

    [Fact]
    public void Only_what_was_made_with_an_earlier_password_ends()
    {
        var old = SignsIn(stamp: 1);
        var current = SignsIn(stamp: 2);
        var unknown = SignsIn(stamp: 0);

        stage.Take(new EndStale(new Dictionary<RvpUrl, long> { [stage.Kari] = 2 }, _ => true), Server);

        Assert.Null(stage.Node.FindSubscription(old));
        Assert.NotNull(stage.Node.FindSubscription(current));
        Assert.NotNull(stage.Node.FindSubscription(unknown));
    }

    [Fact]
    public void What_was_made_after_the_look_says_nothing_of_the_password()
    {
        var later = SignsIn(stamp: 2);

        stage.Take(new EndStale(new Dictionary<RvpUrl, long> { [stage.Kari] = 1 }, id => id < later), Server);

        Assert.NotNull(stage.Node.FindSubscription(later));
    }

    [Fact]
    public void Watches_of_an_account_that_is_gone_end_and_those_of_others_stay()
    {
        stage.Take(new Watch(stage.JoProven, stage.Kari, Stage.CallbackAt(9999), null, Stage.Desk) { PasswordStamp = 7 }, stage.JoProven);
        var eve = new Caller(Stage.Url("eve"), Credentials.Digest);
        stage.Take(new Watch(eve, stage.Kari, Stage.CallbackAt(9998), null, Stage.Desk) { PasswordStamp = 7 }, eve);

        stage.Take(new EndStale(new Dictionary<RvpUrl, long> { [stage.Jo] = 0 }, _ => true), Server);

        Assert.Equal(Stage.Url("eve"), Assert.Single(stage.Node.Watches).Principal);
    }

    [Fact]
    public void A_missing_account_is_missed_from_the_first_time_until_it_is_found()
    {
        SignsIn(stamp: 1);
        stage.Take(new Watch(stage.JoProven, stage.Kari, Stage.CallbackAt(9999), null, Stage.Desk), stage.JoProven);
        var first = stage.Now;

        stage.Take(new MissOwner(), Server);
        stage.Later(TimeSpan.FromHours(1));
        stage.Take(new MissOwner(), Server);

        Assert.Empty(stage.Node.SignIns);
        Assert.Equal(first, stage.Node.MissingSince);
        stage.Take(new FindOwner(), Server);
        Assert.Null(stage.Node.MissingSince);
    }

    private int SignsIn(long stamp)
    {
        var signIn = new SignIn(stage.KariProven, stage.Kari, Callback.Polled.Instance, null, Stage.Desk) { PasswordStamp = stamp };
        return ((Answer.Done)stage.Take(signIn, stage.KariProven).Answer).SubscriptionId!.Value;
    }
}
