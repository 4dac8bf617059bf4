using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Pauses;

/// <summary>The machine stands still for a while, as for a snapshot or a live migration: that is nobody's death.</summary>
public sealed class PauseTests(ITestOutputHelper output)
{
    private const int People = 120;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(8);

    [Fact]
    public async Task After_twenty_seconds_everybody_is_still_signed_in()
    {
        await using var server = await RealServer.StartAsync(People);
        var people = Enumerable.Range(0, People)
            .Select(i => new Member(User.NameOf(i), () => server.Port)
            {
                KeepsOrder = true,
                // Old clients close after each answer, others keep the connection.
                Reply = i % 2 == 0 ? CallbackReply.Successful : CallbackReply.KeepAlive,
            })
            .ToList();
        await Task.WhenAll(people.Select(async (person, i) =>
        {
            Assert.Equal(200, (await person.SignsIn())?.Status);
            Assert.Equal(207, (await person.SetsState("online"))?.Status);
            for (var k = 1; k <= 3; k++) Assert.Equal(207, (await person.Watches(people[(i + k) % People]))?.Status);
        }));
        using var stop = new CancellationTokenSource();
        var refused = 0;
        var answered = 0;
        var acting = people.Select((person, i) => ActAsync(person, people[(i + 7) % People], i)).ToList();

        await Task.Delay(TimeSpan.FromSeconds(1));
        await server.StopForAWhileAsync();
        await Task.Delay(Pause);
        await server.ContinueAsync();
        await Task.Delay(After);
        await stop.CancelAsync();
        await Task.WhenAll(acting);

        var lost = 0;
        foreach (var person in people)
        {
            if (await person.Tries(jo => jo.Renews(jo.SignIn)) is not { Status: 200 }) lost++;
        }
        var falseOffline = people.Sum(person => person.Told.Count(told => told.State == "offline"));
        var figures = string.Create(CultureInfo.InvariantCulture,
            $"{lost} of {People} signed off, {falseOffline} false offline, {refused} of {answered} requests refused; a pause of {Pause.TotalSeconds} s");
        output.WriteLine(figures);
        foreach (var person in people) await person.DisposeAsync();
        Assert.True(lost == 0 && falseOffline == 0, figures);

        async Task ActAsync(Member person, Member other, int seed)
        {
            var random = new Random(seed);
            string[] states = ["online", "busy", "away"];
            while (!stop.IsCancellationRequested)
            {
                var answer = random.Next(2) == 0 ? await person.SetsState(states[random.Next(states.Length)]) : await person.Says(other, "Hello");
                Interlocked.Increment(ref answered);
                if (answer is not { Status: 200 or 207 }) Interlocked.Increment(ref refused);
                await Task.Delay(random.Next(200, 600));
            }
        }
    }
}
