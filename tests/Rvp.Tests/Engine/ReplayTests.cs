using FsCheck.Xunit;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

public class ReplayTests
{
    /// <summary>Whatever happened: the changes applied again give a node that shows the same.</summary>
    [Property]
    public bool A_node_read_back_shows_what_the_live_one_shows(byte[] happenings)
    {
        var stage = new Stage();
        stage.JoWatches();
        foreach (var happening in happenings) Happens(stage, happening);
        var live = Seen(stage);

        stage.Restart();

        return live == Seen(stage);
    }

    private static void Happens(Stage stage, byte what)
    {
        var number = what >> 3;
        var state = (PresenceState)(number % 9);
        switch (what & 7)
        {
            case 0: stage.KariSignsIn(1025 + number, number % 2 == 0 ? Stage.Desk : Stage.Laptop); break;
            case 1: stage.KariSets(state, lease: TimeSpan.FromMinutes(number + 1)); break;
            case 2: stage.KariSetsFlat(state); break;
            case 3: stage.Later(TimeSpan.FromMinutes(number)); break;
            case 4:
                var signIns = stage.Node.SignIns;
                if (signIns.Length > 0) stage.Take(new Unsubscribe(stage.KariProven, signIns[number % signIns.Length].Id), stage.KariProven);
                break;
            case 5:
                var granted = number % 3 == 0 ? Rights.None : Rights.Presence;
                var denied = number % 5 == 0 ? Rights.Presence : Rights.None;
                stage.KariWrites(new AccessEntry(number % 2 == 0 ? stage.Jo : null, Credentials.Any, granted, denied));
                break;
            case 6: stage.JoWatches(); break;
            default:
                var isRemoval = number % 4 == 0;
                var edit = new PropertyEdit(PropertyName.DisplayName, isRemoval, isRemoval ? "" : $"K{number}", null, null);
                stage.Take(new PropPatch(stage.KariProven, stage.Kari, Stage.Desk, [edit]), stage.KariProven);
                break;
        }
    }

    private static string Seen(Stage stage)
    {
        var all = new PropFindQuery(PropFindKind.All, []);
        string Of(Caller caller) =>
            System.Text.Encoding.UTF8.GetString(Stage.Done(stage.Take(new PropFind(caller, stage.Kari, all), stage.KariProven)).Body ?? []);
        var access = System.Text.Encoding.UTF8.GetString(Stage.Done(stage.Take(new ReadAcl(stage.KariProven), stage.KariProven)).Body!);
        var ids = string.Join(' ', stage.Node.SignIns.Concat(stage.Node.Watches).Select(subscription => subscription.Id)
            .Concat(stage.Node.Views.Select(view => view.Id)));
        return Of(stage.KariProven) + access + ids + (stage.Node.Access.Allows(stage.JoProven, Rights.Read) ? Of(stage.JoProven) : "");
    }
}
