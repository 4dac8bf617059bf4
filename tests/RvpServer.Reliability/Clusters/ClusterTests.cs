using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Clusters;

/// <summary>Nothing else runs beside: three servers, a database and twelve people take all of a small machine.</summary>
[CollectionDefinition(nameof(WholeMachine), DisableParallelization = true)]
public sealed class WholeMachine;

/// <summary>Three real processes with one PostgreSQL are one home server, whatever happens to one of them.</summary>
[Collection(nameof(WholeMachine))]
public sealed class ClusterTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Whoever_is_asked_everybody_is_there_and_hears_of_everybody()
    {
        await using var cluster = await RealCluster.StartAsync(3, people: 6);
        var people = Enumerable.Range(0, 6).Select(i =>
            new Member(User.NameOf(i), () => cluster.Servers[i % 3].Port, isPolled: i % 2 == 1)).ToList();
        foreach (var person in people) Assert.Equal(200, (await person.SignsIn())?.Status);
        foreach (var person in people)
            foreach (var contact in people)
                if (contact != person) Assert.Equal(207, (await person.Watches(contact))?.Status);

        foreach (var person in people) Assert.Equal(207, (await person.SetsState("busy"))?.Status);
        foreach (var person in people)
            foreach (var contact in people)
                if (contact != person) Assert.Equal(200, (await person.Says(contact, $"{person.Name}-to-{contact.Name}"))?.Status);

        foreach (var person in people)
        {
            foreach (var contact in people)
            {
                if (contact == person) continue;
                await Deadline.Until(
                    async () =>
                    {
                        if (person.IsPolled) await person.Polls();
                        return person.PictureOf(contact) == "busy" && person.Shown.ContainsKey($"{contact.Name}-to-{person.Name}");
                    },
                    $"{person.Name} hears of {contact.Name}", () => $"{person.PictureOf(contact)}\n{cluster.LogText}");
            }
        }
        foreach (var person in people) await person.DisposeAsync();

        var status = await cluster.Servers[0].CommandAsync("", "cluster", "status");
        Assert.Equal(0, status.Code);
        Assert.Contains("3 processes have 64 of 64 shards", status.Out, StringComparison.Ordinal);
        Assert.Equal(3, status.Out.Split(": member at 127.0.0.1:").Length - 1);
    }

    [Fact]
    public async Task Where_the_cluster_is_off_orleans_is_not_loaded()
    {
        await using var server = await RealServer.StartAsync(people: 1);
        await using var jo = new Member("User0", () => server.Port);
        Assert.Equal(200, (await jo.SignsIn())?.Status);

        // But for the two small libraries that have the attributes of our own.
        var libraries = server.Libraries;
        Assert.DoesNotContain("Orleans.Core", libraries, StringComparison.Ordinal);
        Assert.DoesNotContain("Orleans.Runtime", libraries, StringComparison.Ordinal);
        Assert.Contains("rvpserver.dll", libraries, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whatever_befalls_it_one_after_the_other_nothing_promised_is_lost()
    {
        var random = new Random(Rounds.Seed);
        Trouble[] plan = [Trouble.Kill, Trouble.Freeze, Trouble.CutFromDatabase, Trouble.DatabaseKilled];
        if (Rounds.AreMany) plan = Chaos.Plan(Rounds.Or(1), random);
        else random.Shuffle(plan);
        await PlayAsync(plan, random);
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(Trouble.Kill)]
    [InlineData(Trouble.Freeze)]
    [InlineData(Trouble.CutFromOthers)]
    [InlineData(Trouble.CutFromDatabase)]
    [InlineData(Trouble.CutFromEverything)]
    [InlineData(Trouble.DatabaseStopped)]
    [InlineData(Trouble.DatabaseKilled)]
    [InlineData(Trouble.DatabaseCut)]
    [InlineData(Trouble.DatabaseFailsOver)]
    public Task Whatever_befalls_it_nothing_promised_is_lost(Trouble trouble) => PlayAsync([trouble], new Random(Rounds.Seed));

    private async Task PlayAsync(Trouble[] plan, Random random)
    {
        await using var run = await ClusterRun.StartAsync(canBeCut: true, hasStandby: plan.Contains(Trouble.DatabaseFailsOver));
        var chaos = new Chaos(run, random, output.WriteLine);
        foreach (var trouble in plan) await chaos.PlayAsync(trouble);

        output.WriteLine(chaos.Figures);
        Assert.True(chaos.Wrong.Count == 0, $"{chaos.Figures}\n{string.Join('\n', chaos.Wrong)}\n{run.Cluster.LogText}");
    }
}
