using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Storage.Sqlite;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Restart;

/// <summary>The server ends before a watcher has heard of a change: it is told after the next start, once, and nobody else is.</summary>
public sealed class OwedAfterRestartTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Theory]
    [InlineData("busy")]
    [InlineData("offline")]
    public async Task A_watcher_who_had_not_heard_before_the_power_cut_is_told_once(string state)
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        await Kari.SetsState("online");
        await Jo.Sees(Kari, "online");
        Jo.Callback.Reply = CallbackReply.Silent;
        await (state == "offline" ? Kari.SignsOut() : Kari.SetsState(state));
        await Jo.Sees(Kari, state);

        await using var after = await Server.AfterPowerCutAsync();
        (Jo.Server, Jo.Callback.Reply) = (after, CallbackReply.Successful);

        await TimePassesUntil(() => Jo.Callback.All.Count == 3);
        Assert.Contains($"<r:state><r:{state}/></r:state>", (await Jo.Callback.NextAsync()).Body, StringComparison.Ordinal);
        for (var i = 0; i < 8; i++) Clock!.Advance(TimeSpan.FromSeconds(0.25));
        await Jo.HearsNothing();
    }

    [Fact]
    public async Task After_a_stop_in_good_order_nobody_is_told_anything_again()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Jo.Sees(Kari, "busy");
        Assert.Equal(1, Notes());

        await Server.StopAsync();

        Assert.Equal(0, Notes());
        await Server.StartAgainAsync();
        for (var i = 0; i < 8; i++) Clock!.Advance(TimeSpan.FromSeconds(0.25));
        await Jo.HearsNothing();
    }

    [Fact]
    public async Task A_stop_that_cannot_wait_for_a_watcher_leaves_the_note()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        Jo.Callback.Reply = CallbackReply.Silent;
        await Kari.SetsState("busy");
        await Jo.Sees(Kari, "busy");

        await Server.StopAsync();
        Assert.Equal(1, Notes());
        Jo.Callback.Reply = CallbackReply.Successful;
        await Server.StartAgainAsync();

        await TimePassesUntil(() => Jo.Callback.All.Count == 2);
        Assert.Contains("<r:state><r:busy/></r:state>", (await Jo.Callback.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_is_removed_two_minutes_after_the_last_change()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Jo.Sees(Kari, "busy");
        for (var i = 0; i < 90; i++) Clock!.Advance(TimeSpan.FromSeconds(1));
        await Kari.SetsState("away");
        await Jo.Sees(Kari, "away");
        var noted = Clock!.GetTimestamp();

        await TimePassesUntil(() => Notes() == 0);

        Assert.InRange(Clock.GetElapsedTime(noted), TimeSpan.FromSeconds(119), TimeSpan.FromSeconds(180));
    }

    [Fact]
    public async Task What_nobody_watches_is_not_noted()
    {
        await Kari.SignsIn();
        await Kari.SetsState("busy");

        Assert.Equal(0, Notes());
    }

    private long Notes()
    {
        using var store = SqliteFile.Open(Path.Combine(Server.Folder, SqliteFile.Name), SqliteOpenMode.ReadOnly);
        return SqliteFile.ReadNumber(store, "SELECT COUNT(*) FROM owed_news");
    }

    private Task TimePassesUntil(Func<bool> condition) => Deadline.Until(
        () =>
        {
            if (condition()) return true;
            Clock!.Advance(TimeSpan.FromSeconds(0.25));
            return false;
        },
        "something in the course of time", () => $"{Jo.Callback.All.Count} notifications", TimeSpan.FromMinutes(1));
}
