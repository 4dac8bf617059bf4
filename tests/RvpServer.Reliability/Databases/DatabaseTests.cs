using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Databases;

/// <summary>The database of a server that people use fails over, or the network to it loses everything.</summary>
public sealed class DatabaseTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(2);

    // What a request in doubt is waited for, and a little.
    private static readonly TimeSpan Answered = TimeSpan.FromSeconds(13);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task When_the_primary_dies_it_goes_on_with_the_standby_and_nothing_promised_is_lost()
    {
        await using var primary = await PostgresServer.StartAsync();
        await using var standby = await primary.StartStandbyAsync();
        await using var run = await DatabaseRun.StartAsync(PostgresServer.ConnectionToAny(primary, standby));
        await run.BeginAsync();

        await primary.KillAsync();
        await Task.Delay(Away);
        var (status, asked) = await RefusedAsync(run.Jo);
        await standby.PromoteAsync();
        var servedAgain = await run.ServedAgainAsync();
        var broken = await run.JudgeAsync();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"refused after {asked.TotalSeconds:0.0} s, served {servedAgain.TotalSeconds:0.0} s after the promotion, {run.Promises} promises"));
        Assert.Equal(503, status);
        Assert.InRange(servedAgain, TimeSpan.Zero, Soon);
        Assert.Empty(broken);
    }

    [Fact]
    public Task A_network_that_loses_everything_is_noticed_and_so_is_that_it_works_again() => LosesAllForAsync(TimeSpan.FromSeconds(12));

    [Fact]
    [Trait("Category", "Long")]
    public Task A_network_that_loses_everything_for_a_minute_is_noticed_and_so_is_that_it_works_again() => LosesAllForAsync(TimeSpan.FromSeconds(60));

    private async Task LosesAllForAsync(TimeSpan time)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var cuts = await Cuts.MakeAsync(postgres.Port);
        await cuts.AddAsync(postgres.Port);
        await using var run = await DatabaseRun.StartAsync(PostgresServer.ConnectionToAny(postgres), group: postgres.Port);
        await run.BeginAsync();

        await cuts.CutFromAsync(postgres.Port, postgres.Port);
        var began = Stopwatch.StartNew();
        await using var elsewhere = new Member(run.Jo.Name, () => run.Server.Port, isPolled: true);
        var asking = RefusedAsync(run.Jo);
        var (signedIn, signingIn) = await RefusedAsync(elsewhere);
        var (status, asked) = await asking;
        if (time > began.Elapsed) await Task.Delay(time - began.Elapsed);
        await cuts.MendAsync();
        var servedAgain = await run.ServedAgainAsync();
        var broken = await run.JudgeAsync();

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"refused after {asked.TotalSeconds:0.0} s, a sign-in after {signingIn.TotalSeconds:0.0} s; served {servedAgain.TotalSeconds:0.0} s "
            + $"after {began.Elapsed.TotalSeconds:0.0} s; {run.Promises} promises"));
        Assert.Equal((503, 503), (status, signedIn));
        Assert.InRange(asked, TimeSpan.Zero, Answered);
        Assert.InRange(signingIn, TimeSpan.Zero, Answered);
        Assert.InRange(servedAgain, TimeSpan.Zero, Soon);
        Assert.Empty(broken);
    }

    private static async Task<(int? Status, TimeSpan Time)> RefusedAsync(Member member)
    {
        var began = Stopwatch.GetTimestamp();
        var answer = member.Person.SignIn == 0 ? await member.SignsIn() : await member.SetsState("away");
        return (answer?.Status, Stopwatch.GetElapsedTime(began));
    }
}
