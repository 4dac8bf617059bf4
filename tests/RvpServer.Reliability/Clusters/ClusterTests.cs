using System.Globalization;
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
    private static readonly TimeSpan AWhile = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Whoever_is_asked_everybody_is_there_and_hears_of_everybody()
    {
        await using var cluster = await RealCluster.StartAsync(3, people: 6);
        var people = Enumerable.Range(0, 6).Select(i =>
            new Member(string.Create(CultureInfo.InvariantCulture, $"User{i}"), () => cluster.Servers[i % 3].Port, isPolled: i % 2 == 1)).ToList();
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
    public async Task What_a_killed_process_had_is_served_by_the_others_and_nothing_promised_is_lost()
    {
        await using var run = await ClusterRun.StartAsync(3);
        run.Begin();
        await Task.Delay(AWhile);

        await run.Cluster.Servers[2].KillAsync();
        var noticing = run.Cluster.NoticesAsync(dead: 1);
        var servedAgain = await run.ServedAgainAsync(run.Cluster.Servers[0]);
        var noticed = await noticing;
        await Task.Delay(AWhile);
        await run.EndAsync();

        await AssertKeptAsync(run, $"killed: noticed after {noticed.TotalSeconds:0.0} s, served again after {servedAgain.TotalSeconds:0.0} s");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_process_that_is_stopped_hands_over_first_and_one_that_joins_takes_its_share()
    {
        await using var run = await ClusterRun.StartAsync(3);
        run.Begin();
        await Task.Delay(AWhile);

        var code = await run.Cluster.Servers[1].TerminateAsync();
        var servedAgain = await run.ServedAgainAsync(run.Cluster.Servers[0]);
        await run.Cluster.SettlesAsync();
        await run.Cluster.Servers[1].StartAsync();
        await run.Cluster.SettlesAsync();
        await Task.Delay(AWhile);
        await run.EndAsync();

        Assert.Equal(0, code);
        await AssertKeptAsync(run, $"stopped: served again after {servedAgain.TotalSeconds:0.0} s");
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_process_that_was_frozen_writes_nothing_when_it_goes_on_and_ends()
    {
        await using var run = await ClusterRun.StartAsync(3);
        run.Begin();
        await Task.Delay(AWhile);

        var frozen = run.Cluster.Servers[2];
        await frozen.StopForAWhileAsync();
        run.Cluster.Leave(frozen);
        var noticing = run.Cluster.NoticesAsync(dead: 1);
        var servedAgain = await run.ServedAgainAsync(run.Cluster.Servers[0]);
        var noticed = await noticing;
        await Task.Delay(AWhile);
        await frozen.ContinueAsync();
        var code = await frozen.EndAsync(TimeSpan.FromSeconds(60));
        await Task.Delay(AWhile);
        await run.EndAsync();

        Assert.NotEqual(0, code);
        await AssertKeptAsync(run, $"frozen: noticed after {noticed.TotalSeconds:0.0} s, served again after {servedAgain.TotalSeconds:0.0} s");
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task While_the_database_is_away_all_stay_and_afterwards_they_go_on(bool isKilled)
    {
        await using var run = await ClusterRun.StartAsync(3);
        run.Begin();
        await Task.Delay(AWhile);

        if (isKilled) await run.Cluster.Postgres.KillAsync();
        else await run.Cluster.Postgres.StopAsync();
        await Task.Delay(AWhile);
        await run.Cluster.Postgres.BeginAsync();
        var servedAgain = await run.ServedAgainAsync(run.Cluster.Servers[0]);
        await run.Cluster.SettlesAsync();
        await Task.Delay(AWhile);
        await run.EndAsync();

        Assert.Equal(3, run.Cluster.Running.Count);
        await AssertKeptAsync(run, $"database {(isKilled ? "killed" : "stopped")}: served again after {servedAgain.TotalSeconds:0.0} s");
    }

    private async Task AssertKeptAsync(ClusterRun run, string figures)
    {
        var wrong = await run.JudgePicturesAsync();
        var broken = await run.JudgeAsync();
        figures = string.Create(CultureInfo.InvariantCulture, $"{figures}; seed {Rounds.Seed}, {run.Promises} promises, {broken.Count} broken");
        output.WriteLine(figures);
        Assert.True(broken.Count == 0, $"{figures}\n{string.Join('\n', broken)}\n{run.Cluster.LogText}");
        Assert.True(wrong.Count == 0, $"{figures}\n{string.Join('\n', wrong)}\n{run.Cluster.LogText}");
    }
}
