using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

/// <summary>Whose property changes a node passes on to its owner, and which watches it ends.</summary>
public class NewsTests
{
    private static readonly RvpUrl Contact = RvpUrl.ForAlias("im.contoso.com", 80, "Contact");

    private readonly Stage stage = new(new Rules { MaxWatchedElsewhere = 3 });

    [Fact]
    public void A_noted_watch_lets_changes_in_for_as_long_as_it_was_granted_also_after_a_restart()
    {
        stage.KariSignsIn();
        Assert.False(Hears(Contact));

        Notes(Contact, TimeSpan.FromHours(2));
        Assert.True(Hears(Contact));
        Assert.False(Hears(RvpUrl.ForAlias("im.contoso.com", 80, "Other")));
        stage.Restart();
        Assert.True(Hears(Contact));

        stage.Later(TimeSpan.FromHours(2));
        Assert.False(Hears(Contact));
        Assert.Empty(stage.Node.WatchedElsewhere);
    }

    [Fact]
    public void A_shorter_watch_does_not_shorten_one_that_is_noted_and_none_is_longer_than_a_month()
    {
        Notes(Contact, TimeSpan.FromHours(2));
        Assert.Empty(Notes(Contact, TimeSpan.FromHours(1)).Changes);
        Notes(Contact, TimeSpan.MaxValue);

        stage.Node.FindNextDue(stage.Rules);

        Assert.Equal(stage.Now + TimeSpan.FromDays(30), stage.Node.WatchedElsewhere[Contact]);
        Assert.Equal(stage.Node.WatchedElsewhere[Contact], stage.Node.NextDue);
    }

    [Fact]
    public void Noted_watches_are_bounded_and_the_one_that_ends_first_makes_room()
    {
        foreach (var hours in (int[])[3, 1, 2, 4]) Notes(RvpUrl.ForAlias("im.contoso.com", 80, "n" + hours), TimeSpan.FromHours(hours));

        Assert.Equal(["n2", "n3", "n4"], stage.Node.WatchedElsewhere.Keys.Select(url => url.AliasName!).Order());
    }

    [Theory]
    [InlineData(Rights.Presence, Rights.None, true)]
    [InlineData(Rights.SendTo, Rights.None, true)]
    [InlineData(Rights.SendTo | Rights.Presence, Rights.Presence, true)]
    [InlineData(Rights.Read, Rights.None, false)]
    public void An_entry_that_the_owner_wrote_for_the_contact_lets_changes_in(Rights grant, Rights deny, bool isHeard)
    {
        stage.KariSignsIn();
        stage.KariWrites(new AccessEntry(null, Credentials.Any, Rights.All, Rights.None));
        if (isHeard) stage.KariWrites(new AccessEntry(Contact, Credentials.Any, grant | Rights.SendTo, deny));

        Assert.Equal(isHeard, Hears(Contact));
    }

    [Fact]
    public void A_node_says_who_watches_it_as_long_as_the_watch_lasts()
    {
        Assert.IsType<Answer.Refused>(Asks(stage.Jo).Answer);
        stage.JoWatches();

        Assert.IsType<Answer.Done>(Asks(stage.Jo).Answer);
        Assert.IsType<Answer.Refused>(Asks(Contact).Answer);
        stage.Later(TimeSpan.FromHours(5));
        Assert.IsType<Answer.Refused>(Asks(stage.Jo).Answer);
    }

    [Fact]
    public void A_refused_watch_ends_with_its_duplicates_and_a_sign_in_never()
    {
        var signIn = stage.KariSignsIn();
        stage.JoWatches();
        var watch = stage.JoWatches().SubscriptionId!.Value;
        var own = new Caller(stage.Kari, Credentials.Internal);

        stage.Take(new EndWatch(signIn), own);
        Assert.Equal((1, 2), (stage.Node.SignIns.Length, stage.Node.Watches.Count));
        stage.Take(new EndWatch(watch), own);

        Assert.Equal((1, 0), (stage.Node.SignIns.Length, stage.Node.Watches.Count));
    }

    private Outcome Notes(RvpUrl contact, TimeSpan lifetime) => stage.Take(new NoteWatch(contact, lifetime), stage.KariProven);

    private Outcome Asks(RvpUrl watcher) => stage.Take(new AskWatched(watcher), stage.KariProven);

    private bool Hears(RvpUrl contact)
    {
        var caller = new Caller(contact, Credentials.Assertion);
        var head = new NotificationHead(contact, [], [new Property(PropertyName.State, "<r:busy/>")]);
        return stage.Take(new Notify(caller, AckType.DeepOr, 2, head, "x"u8.ToArray()), caller).Notifications.Count > 0;
    }
}
