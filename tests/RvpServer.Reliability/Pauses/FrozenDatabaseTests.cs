using System.Diagnostics;
using Rvp.Testing;

namespace RvpServer.Reliability.Pauses;

/// <summary>PostgreSQL stands still with open connections: nothing is refused, and nothing answered.</summary>
public class FrozenDatabaseTests
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(25);

    [Fact]
    public async Task Whoever_is_in_doubt_hears_so_within_seconds_and_nothing_is_done_twice()
    {
        await using var postgres = await PostgresServer.StartAsync();
        using var folder = new TempFolder();
        var secret = folder.WriteSecret("postgres.secret", postgres.ConnectionTo(PostgresServer.User));
        await using var server = await RealServer.StartAsync(people: 2, new()
        {
            ["Rvp__Storage__Provider"] = "Postgres",
            ["Rvp__Storage__ConnectionStringFile"] = secret,
            ["Rvp__Messages__Offline"] = "true",
        });
        await using var jo = new Member("User0", () => server.Port, isPolled: true);
        await using var kari = new Member("User1", () => server.Port, isPolled: true);
        Assert.Equal(200, (await jo.SignsIn())?.Status);
        Assert.Equal(200, (await kari.SignsIn())?.Status);

        await postgres.FreezeAsync(isFrozen: true);
        var asked = Stopwatch.StartNew();
        var refused = await jo.Says(kari, "in doubt");
        asked.Stop();
        await postgres.FreezeAsync(isFrozen: false);

        Assert.Equal(503, refused?.Status);
        Assert.NotNull(refused?["Retry-After"]);
        Assert.InRange(asked.Elapsed, TimeSpan.Zero, LongEnough);
        await Deadline.Until(
            async () => (await jo.Says(kari, "afterwards"))?.Status == 200, "it is served again", () => server.LogText, TimeSpan.FromSeconds(60));
        await Deadline.Until(async () =>
        {
            await kari.Polls();
            return kari.Shown.ContainsKey("afterwards");
        }, "the later message", () => server.LogText);
        Assert.InRange(kari.Shown.GetValueOrDefault("in doubt"), 0, 1);
    }
}
