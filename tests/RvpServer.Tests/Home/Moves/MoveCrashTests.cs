using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;

namespace RvpServer.Tests.Home.Moves;

/// <summary>Either server dies, or the line between them, in the middle of a move. Jo is never on both, and nothing of hers is lost.</summary>
public sealed class MoveCrashTests
{
    [Fact]
    public async Task While_it_is_not_known_whether_the_other_has_her_nobody_serves_her_here()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await MoveTests.BeginAsync(site);
        site.Line.AnswersLeft = 1;

        var unknown = await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());

        Assert.Equal($"JoBrown@adatum.com is moving, but {site.SecondHome} has not answered: it goes on by itself when it does, and until then "
            + "JoBrown@adatum.com is not served.", unknown.Message);
        Assert.Equal((503, "5"), await AskingAsync(jo));
        site.Line.AnswersLeft = int.MaxValue;
        await ArrivesAsync(site, site.First, site.Second);
        await IsWholeAsync(jo, site);
    }

    [Fact]
    public async Task The_first_server_dies_before_the_other_has_heard_of_her()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, kari, _) = await MoveTests.BeginAsync(site);
        site.Line.QuestionsLeft = 1;
        await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());
        Assert.False(MoveTests.IsOn(site.Second));

        var first = await site.AfterPowerCutAsync(site.First);
        await site.First.StopAsync();
        site.Line.QuestionsLeft = int.MaxValue;

        await ArrivesAsync(site, first, site.Second);
        (jo.Server, kari.Server) = (first, first);
        await IsWholeAsync(jo, site);
    }

    [Fact]
    public async Task The_first_server_dies_before_it_hears_that_the_other_has_her()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await MoveTests.BeginAsync(site);
        site.Line.AnswersLeft = 1;
        await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());
        Assert.True(MoveTests.IsOn(site.Second));

        var first = await site.AfterPowerCutAsync(site.First);
        await site.First.StopAsync();
        site.Line.AnswersLeft = int.MaxValue;

        await ArrivesAsync(site, first, site.Second);
        jo.Server = first;
        await IsWholeAsync(jo, site);
    }

    [Fact]
    public async Task The_second_server_dies_when_it_has_her_and_has_not_said_so()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await MoveTests.BeginAsync(site);
        site.Line.AnswersLeft = 1;
        await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());

        var second = await site.AfterPowerCutAsync(site.Second);
        site.Line.Target = second.Port;
        site.Line.AnswersLeft = int.MaxValue;

        await ArrivesAsync(site, site.First, second);
        await IsWholeAsync(jo, site);
    }

    [Fact]
    public async Task The_second_server_dies_before_she_is_in_its_store()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await MoveTests.BeginAsync(site);
        var second = await site.AfterPowerCutAsync(site.Second);
        site.Line.AnswersLeft = 1;
        await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());
        await site.Second.StopAsync();
        Assert.False(MoveTests.IsOn(second));

        site.Line.Target = second.Port;
        site.Line.AnswersLeft = int.MaxValue;

        await ArrivesAsync(site, site.First, second);
        await IsWholeAsync(jo, site);
    }

    [Fact]
    public async Task What_is_sent_once_more_after_she_has_moved_on_brings_nobody_back()
    {
        await using var site = await MoveSite.StartAsync();
        var (jo, _, _) = await MoveTests.BeginAsync(site);
        site.Line.AnswersLeft = 1;
        await Assert.ThrowsAsync<AccountException>(() => site.MovesJoAsync());
        var late = await site.AfterPowerCutAsync(site.First);
        await site.First.StopAsync();
        await site.Line.AsksAsync(3);
        site.Line.AnswersLeft = int.MaxValue;
        await ArrivesAsync(site, late, site.Second);
        jo.Server = late;
        Assert.Equal(207, (await jo.SetsState("on-phone")).Status);

        Assert.Contains("on-phone", (await jo.LooksUp(jo)).Body, StringComparison.Ordinal);
        Assert.Equal((false, true), (MoveTests.IsOn(late), MoveTests.IsOn(site.Second)));
    }

    // Not by the person's own client, which would take the challenge for an answer.
    private static async Task<(int, string?)> AskingAsync(Person jo)
    {
        var answer = await jo.Asks("SUBSCRIPTIONS", jo.Path, "Notification-Type: pragma/notify\r\n");
        return (answer.Status, answer["Retry-After"]);
    }

    private static Task ArrivesAsync(MoveSite site, TestServer first, TestServer second) => Deadline.Until(
        () => first.Services.GetRequiredService<MovedHomes>().All.Any(move => move.Value.Stage == Rvp.Engine.MoveStage.Left) && MoveTests.IsOn(second),
        $"Jo on the second server {site.SecondHome}",
        () => $"{string.Join(' ', first.Services.GetRequiredService<MovedHomes>().All)}, {MoveTests.IsOn(first)}, {MoveTests.IsOn(second)}",
        TimeSpan.FromSeconds(30));

    private static async Task IsWholeAsync(Person jo, MoveSite site)
    {
        Assert.Equal(200, (await jo.Renews(jo.SignIn)).Status);
        Assert.Contains("busy", (await jo.LooksUp(jo)).Body, StringComparison.Ordinal);
        Assert.Contains("mine", (await jo.LooksUp(jo, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
        Assert.Contains("KariHensien", (await jo.ListsWatchers()).Body, StringComparison.Ordinal);
        Assert.NotNull(site.SecondHome);
    }
}
