using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Clusters;

/// <summary>
/// The processes of a cluster are replaced one after the other, under load. RVPSERVER_OLD_DLL names the build that they have before; else it is the same.
/// </summary>
[Collection(nameof(WholeMachine))]
public sealed class RollingUpgradeTests(ITestOutputHelper output)
{
    private const int Shards = 32;

    // Enough for every shard to have somebody.
    private const int Accounts = 250;

    [Fact]
    [Trait("Category", "Long")]
    public async Task No_client_is_refused_while_processes_are_replaced_one_after_the_other()
    {
        await using var run = await ClusterRun.StartAsync(Accounts, Shards, program: Environment.GetEnvironmentVariable("RVPSERVER_OLD_DLL"));
        var cluster = run.Cluster;
        await using var askers = await Askers.BeginAsync(cluster, Accounts);
        run.Begin();
        await Task.Delay(TimeSpan.FromSeconds(2));
        var (stopping, joining) = (TimeSpan.Zero, TimeSpan.Zero);
        Print("before", await askers.TakeLongestAsync());

        foreach (var server in cluster.Servers)
        {
            Assert.Equal(0, await server.TerminateAsync());
            stopping = Longer(stopping, "stopped", await askers.TakeLongestAsync());
            server.Program = RealServer.Built;
            await cluster.StartAgainAsync(server);
            joining = Longer(joining, "joined", await askers.TakeLongestAsync());
        }
        await askers.EndAsync();
        await run.EndAsync();
        var wrong = await run.JudgePicturesAsync();
        var broken = await run.JudgeAsync();

        var figures = string.Create(CultureInfo.InvariantCulture,
            $"longest pause of a request: {stopping.TotalMilliseconds:0} ms while one stops, {joining.TotalMilliseconds:0} ms while one joins; "
            + $"{askers.Answered} answered of those that ask, {askers.Unanswered} not; of people with ledgers (seed {Rounds.Seed}) {run.Promises} promises, "
            + $"{broken.Count} broken, {run.Refused} refused, {run.Unanswered} not answered");
        output.WriteLine(figures);
        Assert.True(broken.Count + wrong.Count + run.Refused + askers.Refusals.Count + askers.Unanswered == 0,
            $"{figures}\n{string.Join('\n', [.. broken, .. wrong, .. askers.Refusals])}\n{cluster.LogText}");
    }

    private TimeSpan Longer(TimeSpan before, string what, TimeSpan now)
    {
        Print(what, now);
        return now > before ? now : before;
    }

    private void Print(string what, TimeSpan longest) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {longest.TotalMilliseconds:0} ms"));
}
