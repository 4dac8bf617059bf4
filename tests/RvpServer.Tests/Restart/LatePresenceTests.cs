using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Home;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Restart;

/// <summary>News that wait for a client which polls reach the store only if nobody fetches them for a while, and are lost in no case.</summary>
public sealed class LatePresenceTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task What_is_fetched_at_once_is_never_stored()
    {
        await JoPollsAndWatchesKari();

        await Kari.SetsState("busy");
        var cursor = await JoIsTold("busy");
        Assert.Equal(0, Rows());
        Assert.Equal(204, (await Jo.Polls(cursor)).Status);

        for (var i = 0; i < 60; i++) Clock!.Advance(TimeSpan.FromSeconds(1));
        await Server.StopAsync();
        Assert.Equal(0, Rows());
    }

    [Fact]
    public async Task What_has_waited_for_half_a_minute_is_stored_and_goes_when_it_is_fetched()
    {
        await JoPollsAndWatchesKari();
        await Kari.SetsState("busy");
        await WaitsFor("busy");
        var began = Clock!.GetTimestamp();

        await TimePassesUntil(() => Rows() == 1);
        Assert.InRange(Clock.GetElapsedTime(began), LatePresence.Delay - TimeSpan.FromSeconds(1), LatePresence.Delay * 2);

        await Jo.Polls(await JoIsTold("busy"));
        await TimePassesUntil(() => Rows() == 0);
    }

    [Fact]
    public async Task After_a_power_cut_contacts_tell_again_what_nobody_had_fetched()
    {
        await JoPollsAndWatchesKari();
        await Kari.SetsState("busy");
        await WaitsFor("busy");
        Assert.Equal(0, Rows());

        await using var after = await Server.AfterPowerCutAsync();
        Jo.Server = after;

        await TimePassesUntil(async () => (await Jo.Polls()).Body.Contains("<r:busy/>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stop_in_good_order_stores_what_nobody_had_fetched()
    {
        await JoPollsAndWatchesKari();
        await Kari.SetsState("busy");
        await WaitsFor("busy");

        await Server.StopAsync();

        Assert.Equal(1, Rows());
        await Server.StartAgainAsync();
        await JoIsTold("busy");
    }

    [Fact]
    public async Task A_later_state_replaces_one_that_is_stored_and_one_that_is_not()
    {
        await JoPollsAndWatchesKari();
        await Kari.SetsState("busy");
        await WaitsFor("busy");
        await Kari.SetsState("away");
        await WaitsFor("away");
        await TimePassesUntil(() => Rows() == 1);

        await Kari.SetsState("online");
        await WaitsFor("online");

        await TimePassesUntil(() => Rows() == 0);
        await TimePassesUntil(() => Rows() == 1);
        var told = (await Jo.Polls()).Body;
        Assert.DoesNotContain("<r:away/>", told, StringComparison.Ordinal);
        Assert.Contains("<r:online/>", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_are_stored_before_they_are_answered()
    {
        await JoPollsAndWatchesKari();

        Assert.Equal(200, (await Kari.Says(Jo, "Lunch?")).Status);

        Assert.Equal(1, Rows());
    }

    private async Task JoPollsAndWatchesKari()
    {
        await Jo.SignsInToPoll();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Polls(await JoIsTold("online"));
    }

    private async Task<string> JoIsTold(string state)
    {
        var answer = await WaitsFor(state);
        return answer["RVP-Poll-Cursor"]!;
    }

    private async Task<RawAnswer> WaitsFor(string state)
    {
        RawAnswer? answer = null;
        await Deadline.Until(
            async () => (answer = await Jo.Polls()).Body.Contains($"<r:{state}/>", StringComparison.Ordinal), state, () => answer!.Body);
        return answer!;
    }

    private long Rows()
    {
        using var store = SqliteFile.Open(Path.Combine(Server.Folder, SqliteFile.Name), SqliteOpenMode.ReadOnly);
        return SqliteFile.ReadNumber(store, "SELECT COUNT(*) FROM inbox");
    }

    private Task TimePassesUntil(Func<bool> condition) => TimePassesUntil(() => Task.FromResult(condition()));

    private Task TimePassesUntil(Func<Task<bool>> condition) => Deadline.Until(
        async () =>
        {
            if (await condition()) return true;
            Clock!.Advance(TimeSpan.FromSeconds(0.5));
            return false;
        },
        "something in the course of time", () => $"{Rows()} rows", TimeSpan.FromMinutes(1));
}
