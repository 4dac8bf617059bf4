using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Testing;
using RvpServer.Delivery;
using RvpServer.Tests.Verbs;

namespace RvpServer.Tests.Delivery;

/// <summary>News are state, not events: however many there are and whatever happens to them, in the end each watcher has the true picture.</summary>
public sealed class NewsAreStateTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Fact]
    public async Task Of_1800_changes_of_150_contacts_a_slow_receiver_gets_the_newest_of_each()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start(CallbackReply.KeepAlive);
        jo.Script(CallbackReply.Silent);
        var stuck = test.PropertyChange(jo, "stuck");
        await jo.NextAsync();

        // As many as come while the callback takes its time with one.
        var sent = Enumerable.Range(0, 1800).Select(i => test.PropertyChange(jo, $"{i}", contact: $"contact {i % 150}")).ToArray();
        await test.ResultInTime(stuck);
        await Deadline.For(Task.WhenAll(sent), "results", () => $"{sent.Count(task => task.IsCompleted)}");

        Assert.All(sent, result => Assert.Equal(DeliveryOutcome.Delivered, result.Result.Outcome));
        Assert.Equal(["stuck", .. Enumerable.Range(1650, 150).Select(i => $"{i}")], jo.Drain().Select(notify => notify.Body));
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task News_that_were_not_answered_are_sent_again_and_a_message_is_not()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        Jo.Callback.Script(CallbackReply.CloseUnanswered);

        await Kari.SetsState("busy");
        await Jo.Sees(Kari, "busy");
        await Deadline.Until(Advanced(() => Jo.Callback.All.Count == 2), "the same again", () => "nothing");
        await Jo.Sees(Kari, "busy");
        Jo.Callback.Script(CallbackReply.CloseUnanswered);
        Assert.Equal(412, (await Kari.Says(Jo, "Lunch?")).Status);
        await Jo.Hears(Kari, "Lunch?");

        await Jo.HearsNothing();
    }

    [Fact]
    public async Task News_that_found_no_room_are_owed_and_the_present_state_is_told_soon()
    {
        await Jo.SignsIn();
        await Jo.Watches(Kari);
        await Kari.SignsIn();
        await Kari.SetsState("busy");
        await Jo.Sees(Kari, "busy");
        var watch = NodeOf(Kari).Watches[0];
        await using var lanes = new CallbackLanes(maxBytes: 1);
        var owed = Server.Services.GetRequiredService<OwedNews>();

        var lost = CallbackLanes.Notification(Jo.Callback.Url, "too long", isPropertyChange: true) with { SubscriptionId = watch.Id, Node = NodeOf(Kari).Url };
        Assert.Equal(DeliveryOutcome.Unreachable, (await lanes.Send(lost)).Outcome);
        Assert.True(lanes.Owed.Owes(lost.Node));
        lanes.Clock.Advance(TimeSpan.FromSeconds(1));
        var (node, watches) = Assert.Single(lanes.Owed.TakeDue(10));
        owed.Return(node, watches);
        await Deadline.Until(Advanced(() => Jo.Callback.All.Count == 2), "the present state", () => $"{Jo.Callback.All.Count}");

        var told = await Jo.Callback.NextAsync();
        Assert.Contains($"<d:set><d:prop><r:state><r:busy/></r:state><d:displayname>Kari Hensien</d:displayname>", told.Body, StringComparison.Ordinal);
        Assert.False(owed.Owes(node));
    }

    [Fact]
    public async Task A_debt_is_due_later_each_time_and_ends_with_the_watch()
    {
        var clock = new FakeTimeProvider();
        var owed = new OwedNews(clock);
        var news = CallbackLanes.Notification(new Uri("http://127.0.0.1:1051"), "news", isPropertyChange: true);
        var pauses = new List<int>();

        for (var times = 0; times < 6; times++)
        {
            owed.Add(news with { TimesOwed = times });
            var seconds = 0;
            for (; owed.TakeDue(1).Count == 0; seconds++) clock.Advance(TimeSpan.FromSeconds(1));
            pauses.Add(seconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 16], pauses);
        await Kari.SignsIn();
        Server.Services.GetRequiredService<OwedNews>().Add(news with { Node = NodeOf(Kari).Url });
        await Deadline.Until(Advanced(() => !Server.Services.GetRequiredService<OwedNews>().Owes(NodeOf(Kari).Url)), "no debt", () => "one");
    }

    private Func<bool> Advanced(Func<bool> condition) => () =>
    {
        if (condition()) return true;
        Clock!.Advance(TimeSpan.FromMilliseconds(250));
        return false;
    };
}
