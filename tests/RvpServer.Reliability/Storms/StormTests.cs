using System.Diagnostics;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Storms;

/// <summary>
/// All come at once, all go at once, and a whole office goes without a word. Short with 300 accounts; <c>tests/reliability storms 20000</c> for more.
/// </summary>
public class StormTests(ITestOutputHelper output)
{
    private const int Uninvolved = 2;
    private const int ContactsOfEach = 20;

    // What one machine can have open on both sides of all connections.
    private const int AtOnce = 1_000;

    // A callback that is gone is noticed by what is sent there; beyond that, the server's own way to be sure.
    private static readonly TimeSpan UntilTrue = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Storms_end_with_everybody_answered_and_every_picture_true(bool isSilent)
    {
        var count = Rounds.Or(300);
        await using var server = await RealServer.StartAsync(count + Uninvolved);
        using var home = new Office(keepsConnections: false);
        using var office = new Office(keepsConnections: true);
        using var healthy = new Healthy(server.Port, count, count + 1);
        await healthy.BeginAsync();
        // Every second one sits in the office, and everybody has contacts in both places.
        var all = Enumerable.Range(0, count).Select(i => new StormMember(i, server.Port, i % 2 == 0 ? home : office, ContactsOf(i, count))).ToArray();
        var atHome = all.Where(member => member.Office == home).ToArray();
        var atWork = all.Where(member => member.Office == office).ToArray();

        await TimeAsync("all sign in", all, member => member.SignsInAsync(), healthy);
        await UntilPicturesAsync(all, _ => "online", server);

        await TimeAsync("the office signs out", atWork, member => member.SignsOutAsync(), healthy);
        await UntilPicturesAsync(atHome, contact => contact % 2 == 0 ? "online" : "offline", server);

        await TimeAsync("the office signs in again", atWork, member => member.SignsInAsync(), healthy);
        await UntilPicturesAsync(atHome, _ => "online", server);

        if (isSilent) office.GoesSilent();
        else office.Dies();
        // What everybody at home shows goes to the dead as well.
        await TimeAsync($"the office {(isSilent ? "goes silent" : "dies")}, and the others are busy", atHome, member => member.SetsStateAsync("busy"), healthy);
        var began = Stopwatch.GetTimestamp();
        await UntilPicturesAsync(atHome, contact => contact % 2 == 0 ? "busy" : "offline", server);
        Say($"the dead are seen offline by everybody {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s later; {healthy.Take()}");

        var answers = new int[600];
        await EachAsync(atHome, async member => Interlocked.Increment(ref answers[await member.RenewsAsync()]));
        Assert.Equal(atHome.Length, answers[200]);
        Assert.Equal(0, healthy.Failures);
        Assert.DoesNotContain(server.Log, line => line.Level is "Error" or "Fatal");
    }

    private static int[] ContactsOf(int number, int count) =>
        [.. Enumerable.Range(1, Math.Min(ContactsOfEach, count - 1)).Select(step => (number + step) % count)];

    private async Task TimeAsync(string what, StormMember[] members, Func<StormMember, Task> act, Healthy healthy)
    {
        healthy.Take();
        var refusalsBefore = members.Sum(member => member.Refusals);
        var began = Stopwatch.GetTimestamp();
        await EachAsync(members, act);
        Say($"{what}: {members.Length} in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s, {members.Sum(member => member.Refusals) - refusalsBefore} times "
            + $"put off; {healthy.Take()}");
    }

    private static async Task EachAsync(StormMember[] members, Func<StormMember, Task> act)
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(AtOnce, members.Length)).Select(async _ =>
        {
            while (Interlocked.Increment(ref next) is var i && i < members.Length) await act(members[i]);
        }));
    }

    // Everybody's picture of every contact; the sum of what is wrong says how far it is.
    private async Task UntilPicturesAsync(StormMember[] watchers, Func<int, string> truth, RealServer server)
    {
        var began = Stopwatch.GetTimestamp();
        var pairs = watchers.SelectMany(watcher => watcher.Contacts.Select(contact => (Watcher: watcher, Contact: contact))).ToArray();
        await Deadline.Until(() => !pairs.Any(IsWrong), "no false picture", () =>
            $"{pairs.Count(IsWrong)} of {pairs.Length} are false, {server.LogText}", UntilTrue + TimeSpan.FromMilliseconds(pairs.Length));
        Say($"{pairs.Length} pictures are true {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s after the last answer");

        bool IsWrong((StormMember Watcher, int Contact) pair) =>
            pair.Watcher.Office.PictureOf(pair.Watcher.Address, User.NameOf(pair.Contact)) != truth(pair.Contact);
    }

    private void Say(string text)
    {
        output.WriteLine(text);
        if (Rounds.AreMany) Console.WriteLine(text);
    }
}
