using System.Diagnostics;
using System.Globalization;
using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Reliability.Databases;

/// <summary>Two machines have one database, of which one works; and what a server that ends does about a database that keeps silent.</summary>
public sealed class OwnershipTests(ITestOutputHelper output)
{
    // docs/operations.md says ten seconds, and the unit file kills it after fifteen.
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_starts_later_has_the_store_and_the_other_ends_for_good_and_writes_nothing(bool isFrozen)
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var folder = new TempFolder();
        var settings = DatabaseRun.SettingsOf(folder, PostgresServer.ConnectionToAny(postgres));
        await using var first = await RealServer.StartAsync(people: 1, settings);
        await using var jo = new Member("User0", () => first.Port, isPolled: true);
        Assert.Equal(200, (await jo.SignsIn())?.Status);
        Assert.Equal(207, (await jo.SetsState("busy"))?.Status);

        if (isFrozen) await first.StopForAWhileAsync();
        await using var second = await RealServer.StartAsync(people: 0, settings);
        await using var elsewhere = new Member("User0", () => second.Port, isPolled: true);
        var kept = await elsewhere.LooksUp(elsewhere);
        if (isFrozen) await first.ContinueAsync();
        var late = await jo.SetsState("away");
        var code = await first.EndAsync(Patience);

        Assert.Equal("busy", kept);
        Assert.NotEqual(207, late?.Status);
        Assert.Equal(3, code);
        Assert.Equal("busy", await elsewhere.LooksUp(elsewhere));
        Assert.True(second.Runs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_is_stopped_while_the_database_keeps_silent_ends_in_time(bool isCut)
    {
        await using var postgres = await PostgresServer.StartAsync();
        await using var cuts = await Cuts.MakeAsync(postgres.Port);
        await cuts.AddAsync(postgres.Port);
        await using var run = await DatabaseRun.StartAsync(PostgresServer.ConnectionToAny(postgres), group: postgres.Port);
        await run.BeginAsync();

        if (isCut) await cuts.CutFromAsync(postgres.Port, postgres.Port);
        else await postgres.FreezeAsync(isFrozen: true);
        await Task.Delay(TimeSpan.FromSeconds(2));
        var began = Stopwatch.StartNew();
        int code;
        try
        {
            code = await run.Server.TerminateAsync();
            began.Stop();
        }
        finally
        {
            if (!isCut) await postgres.FreezeAsync(isFrozen: false);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ended after {began.Elapsed.TotalSeconds:0.0} s"));
        Assert.Equal(0, code);
        Assert.InRange(began.Elapsed, TimeSpan.Zero, StopTime);
    }
}
