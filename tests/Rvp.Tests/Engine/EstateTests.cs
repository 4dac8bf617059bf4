using FsCheck.Xunit;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace Rvp.Tests.Engine;

/// <summary>What a node takes along to another home server.</summary>
public class EstateTests
{
    [Property]
    public bool The_same_node_comes_of_it(byte[] happenings)
    {
        var stage = new Stage();
        stage.JoWatches();
        foreach (var happening in happenings) Happens(stage, happening);
        var estate = Estate.Of(stage.Node);
        var copy = new Node(stage.Node.Url, stage.Node.Owner);

        foreach (var change in estate) copy.Apply(change);

        return estate.SequenceEqual(Estate.Of(copy)) && copy.LastPollSequence == stage.Node.LastPollSequence;
    }

    [Fact]
    public void Leases_last_as_long_where_the_clock_goes_otherwise()
    {
        var stage = new Stage();
        stage.KariSignsIn();
        stage.KariSets(PresenceState.Busy);
        stage.Take(new NoteWatch(Stage.Url("DonHall"), TimeSpan.FromHours(1)), new Caller(stage.Kari, Credentials.Internal));
        var copy = new Node(stage.Node.Url, stage.Node.Owner);

        foreach (var change in Estate.Of(stage.Node)) copy.Apply(Estate.Here(change, TimeSpan.FromMinutes(5), _ => 7));

        Assert.Equal(stage.Node.SignIns[0].ExpiresAt.AddMinutes(5), copy.SignIns[0].ExpiresAt);
        Assert.Equal(7, copy.SignIns[0].PasswordStamp);
        Assert.Equal(
            stage.Node.Views[0].Values[PropertyName.State].ExpiresAt!.Value.AddMinutes(5), copy.Views[0].Values[PropertyName.State].ExpiresAt);
        Assert.Equal(stage.Node.WatchedElsewhere.Single().Value.AddMinutes(5), copy.WatchedElsewhere.Single().Value);
    }

    private static void Happens(Stage stage, byte what)
    {
        var number = what >> 3;
        switch (what & 7)
        {
            case 0 or 1: stage.KariSignsIn(1025 + number, number % 2 == 0 ? Stage.Desk : Stage.Laptop); break;
            case 2: stage.KariSets((PresenceState)(number % 9), lease: TimeSpan.FromMinutes(number + 1)); break;
            case 3: stage.KariSetsFlat((PresenceState)(number % 9)); break;
            case 4: stage.Later(TimeSpan.FromMinutes(number)); break;
            case 5: stage.KariWrites(new AccessEntry(number % 2 == 0 ? stage.Jo : null, Credentials.Any, Rights.Presence, Rights.None)); break;
            case 6: stage.JoWatches(); break;
            default: stage.Take(new NoteWatch(Stage.Url($"U{number}"), TimeSpan.FromHours(1)), new Caller(stage.Kari, Credentials.Internal)); break;
        }
    }
}
