using System.Text.RegularExpressions;
using Rvp.Testing;

namespace RvpServer.Fuzz.Stateful;

/// <summary>Someone who remembers what the server has promised by 200 and 207, and looks whether it is so.</summary>
internal sealed partial class RememberingPerson(Person person, Random random)
{
    private static readonly string[] States = ["online", "busy", "away", "on-phone", "back-soon", "at-lunch"];

    private readonly List<string> waiting = [];
    private readonly List<string> unconfirmed = [];
    private readonly HashSet<RememberingPerson> blocked = [];
    private readonly Dictionary<RememberingPerson, string> watches = [];
    private string? cursor;
    private string description = "";
    private string state = "offline";
    private bool isSignedIn;
    private int count;

    public Person Person { get; } = person;

    /// <summary>One of the things that people do, to somebody else where it takes one.</summary>
    public Task DoesSomethingAsync(RememberingPerson other)
    {
        if (!isSignedIn) return SignsInAsync();
        if (other == this) return random.Next(4) == 0 ? SignsOutAsync() : PollsAsync();
        return random.Next(8) switch
        {
            0 => SetsStateAsync(),
            1 => DescribesAsync(),
            2 or 3 => SaysAsync(other),
            4 => LooksAtAsync(other),
            5 => BlocksAsync(other),
            6 => WatchesAsync(other),
            _ => RenewsAsync(),
        };
    }

    /// <summary>All of it at once.</summary>
    public async Task SeesWhatWasPromisedAsync()
    {
        if (!isSignedIn) return;
        Expect(200, await Person.Renews(Person.SignIn));
        await PollsAsync();
        await LooksAtAsync(this);
        var listed = await Person.ListsSignIns();
        Expect(200, listed);
        Assert.Contains($"<r:subscription-id>{Person.SignIn}</r:subscription-id>", listed.Body, StringComparison.Ordinal);
        foreach (var (other, id) in watches)
            if (!other.blocked.Contains(this)) Expect(200, await Person.Renews(int.Parse(id), other.Person));
        var acl = await Person.ReadsAcl();
        foreach (var one in blocked) Assert.Contains($">{one.Person.Url}<", acl.Body, StringComparison.Ordinal);
    }

    private async Task SignsInAsync()
    {
        Expect(200, await Person.SignsInToPoll());
        isSignedIn = true;
        cursor = null;
        await SetsStateAsync();
    }

    private async Task SignsOutAsync()
    {
        Expect(200, await Person.SignsOut());
        isSignedIn = false;
        // What was accepted and not confirmed comes with the next sign-in.
        waiting.InsertRange(0, unconfirmed);
        unconfirmed.Clear();
        state = "offline";
        Person.ForgetsView();
    }

    private async Task SetsStateAsync()
    {
        var wanted = States[random.Next(States.Length)];
        Expect(207, await Person.SetsState(wanted));
        state = wanted;
    }

    private async Task DescribesAsync()
    {
        var text = $"at desk {random.Next()}";
        Expect(207, await Person.Asks("PROPPATCH", Person.Path, "",
            $"<d:propertyupdate {Person.Namespaces}><d:set><d:prop><r:mobile-description>{text}</r:mobile-description></d:prop></d:set></d:propertyupdate>"));
        description = text;
    }

    private async Task SaysAsync(RememberingPerson other)
    {
        var text = $"{Person.Name} {++count}";
        var answer = await Person.Says(other.Person, text);
        // Who is blocked hears the same as if nobody were there.
        if (other.blocked.Contains(this) || !other.isSignedIn) Expect(412, answer);
        else
        {
            Expect(200, answer);
            other.waiting.Add(text);
        }
    }

    private async Task PollsAsync()
    {
        var answer = await Person.Polls(cursor);
        if (answer.Status == 204) Assert.Empty(waiting);
        else Expect(200, answer);
        // Those of strangers are between them.
        var heard = Said().Matches(answer.Body).Select(match => match.Groups[1].Value).ToList();
        Assert.Equal(waiting, heard);
        unconfirmed.Clear();
        unconfirmed.AddRange(waiting);
        waiting.Clear();
        cursor = answer["RVP-Poll-Cursor"] ?? cursor;
    }

    private async Task LooksAtAsync(RememberingPerson other)
    {
        var answer = await Person.LooksUp(other.Person, "<r:mobile-description/><r:state/>");
        if (other.blocked.Contains(this))
        {
            // The state is hidden or the look refused, as the list says; never a mistake.
            Assert.True(answer.Status is 207 or 403, answer.ToString());
            return;
        }
        Expect(207, answer);
        Assert.Contains($"<r:mobile-description>{other.description}</r:mobile-description>", answer.Body, StringComparison.Ordinal);
        Assert.Contains($"<r:state><r:{other.state}/></r:state>", answer.Body, StringComparison.Ordinal);
    }

    private async Task BlocksAsync(RememberingPerson other)
    {
        if (blocked.Contains(other))
        {
            // Without grants and denials the entry is gone, and what holds for everybody holds again.
            Expect(200, await Person.Asks("ACL", Person.Path, "",
                $"<a:rvpacl {Person.Namespaces}><a:acl><a:ace><a:principal><a:rvp-principal>{other.Person.Url}</a:rvp-principal>"
                    + "<a:credentials><a:any/></a:credentials></a:principal><a:grant/><a:deny/></a:ace></a:acl></a:rvpacl>"));
            blocked.Remove(other);
        }
        else
        {
            Expect(200, await Person.Blocks(other.Person));
            blocked.Add(other);
        }
    }

    private async Task WatchesAsync(RememberingPerson other)
    {
        if (watches.Remove(other, out var id))
        {
            Expect(200, await Person.StopsWatching(other.Person, id));
            return;
        }
        var answer = await Person.Watches(other.Person);
        if (other.blocked.Contains(this) && answer.Status == 403) return;
        Expect(207, answer);
        watches[other] = answer["Subscription-Id"]!;
    }

    private async Task RenewsAsync() => Expect(200, await Person.Renews(Person.SignIn));

    private void Expect(int status, RawAnswer answer)
    {
        if (answer.Status != status) throw new InvalidOperationException($"{Person.Name} expected {status}, but got {answer}");
    }

    [GeneratedRegex("\r?\n\r?\n((?:JoBrown|KariHensien|DavidJones|LindaMitchell) [0-9]+)\\]\\]>")]
    private static partial Regex Said();
}
