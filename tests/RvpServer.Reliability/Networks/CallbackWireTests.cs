using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Networks;

/// <summary>The way to a client is bad: connections are cut again and again.</summary>
public sealed class CallbackWireTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly List<Member> people = [];
    private TestServer server = null!;

    public async Task InitializeAsync() => server = await TestServer.StartAsync(
        accounts: [.. Enumerable.Range(0, 4).Select(i => new TestAccount(User.NameOf(i) + "@adatum.com", "User"))]);

    public async Task DisposeAsync()
    {
        foreach (var person in people) await person.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Over_a_way_that_is_cut_again_and_again_order_holds_and_senders_learn_the_truth()
    {
        Member kari = null!;
        await using var wire = Wire.To(() => kari.Person.Callback.Port);
        kari = await SignInAsync(0, wire);
        var (jo, lisa) = (await SignInAsync(1), await SignInAsync(2));
        await kari.Watches(jo);
        await kari.Watches(lisa);
        var random = new Random(Rounds.Seed);
        wire.Delay = () => TimeSpan.FromMilliseconds(random.Next(10));
        wire.FaultOf = _ => random.Next(100) switch { < 4 => Fault.Reset, < 8 => Fault.Close, < 10 => Fault.HalfClose, _ => Fault.None };

        var told = await Task.WhenAll(TellAsync(jo, kari), TellAsync(lisa, kari));
        wire.FaultOf = _ => Fault.None;

        var (promised, repeated, shownThough412) = (told.Sum(one => one.Promised.Count), kari.Shown.Count(shown => shown.Value > 1), 0);
        foreach (var (sender, (good, bad)) in new[] { jo, lisa }.Zip(told))
        {
            var shown = kari.ShownInOrder.Where(text => text.StartsWith(sender.Name + "-", StringComparison.Ordinal)).ToList();
            Assert.Empty(good.Except(shown));
            Assert.Equal(shown.Order(StringComparer.Ordinal), shown);
            shownThough412 += bad.Count(shown.Contains);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"seed {Rounds.Seed}: {promised} of {2 * Rounds.Or(80)} answered 200, all shown; {shownThough412} shown though answered 412; "
            + $"{repeated} shown twice"));
        Assert.Equal(0, repeated);
        Assert.Equal(200, (await kari.Tries(person => person.Renews(person.SignIn)))?.Status);
        foreach (var contact in new[] { jo, lisa })
        {
            var truth = await kari.LooksUp(contact);
            await Deadline.Until(
                () => kari.PictureOf(contact) == truth, $"{contact.Name} {truth}", () => kari.PictureOf(contact) ?? "nothing", TimeSpan.FromSeconds(15));
        }
    }

    private async Task<Member> SignInAsync(int number, Wire? wire = null)
    {
        var person = new Member(User.NameOf(number), () => server.Port) { CallbackAt = wire?.Url, KeepsOrder = true };
        people.Add(person);
        Assert.Equal(200, (await person.SignsIn())?.Status);
        Assert.Equal(207, (await person.SetsState("online"))?.Status);
        return person;
    }

    // States and messages by turns; what was answered 200, and what was not.
    private static async Task<(List<string> Promised, List<string> Refused)> TellAsync(Member sender, Member to)
    {
        List<string> promised = [], refused = [];
        string[] states = ["busy", "away", "online"];
        for (var i = 0; i < Rounds.Or(80); i++)
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{sender.Name}-{i:000000}");
            ((await sender.Says(to, text))?.Status == 200 ? promised : refused).Add(text);
            if (i % 4 == 0) Assert.Equal(207, (await sender.SetsState(states[i / 4 % 3]))?.Status);
        }
        return (promised, refused);
    }
}
