using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Protocol.Xml;

namespace Rvp.Tests.Engine;

/// <summary>What a stranger takes of Kari's node leaves enough for colleagues.</summary>
public class ShareTests
{
    private static readonly RvpUrl Anna = Stage.Url("Anna");

    [Fact]
    public void Other_domains_watch_with_half_of_the_watches_and_one_of_them_with_half_of_these()
    {
        var stage = new Stage(new Rules { MaxWatches = 40 });

        Assert.Equal(10, Enumerable.Range(0, 100).Count(i => Watches(stage, Foreign($"n{i}.evil.example", "a"))));
        Assert.Equal(5, Enumerable.Range(0, 100).Count(i => Watches(stage, Foreign("im.contoso.com", $"a{i}"))));
        Assert.Equal(25, Enumerable.Range(0, 100).Count(i => Watches(stage, Stage.Url($"Colleague{i}"))));
    }

    [Fact]
    public void A_stranger_who_fills_the_watches_keeps_no_colleague_out()
    {
        var stage = new Stage(new Rules { MaxWatches = 1000 });
        for (var i = 0; i < 2000; i++) Watches(stage, Foreign($"n{i}.evil{i % 50}.example", "a"));

        Assert.True(Watches(stage, stage.Jo));
    }

    [Fact]
    public void One_sender_takes_half_of_a_queue_in_number()
    {
        var stage = Polled(new PollLimits(40, 1 << 20, TimeSpan.FromHours(4)));

        Assert.Equal(20, Enumerable.Range(0, 100).Count(_ => Says(stage, Anna, 100)));
        Assert.True(Says(stage, stage.Jo, 100));
    }

    [Fact]
    public void One_sender_takes_half_of_a_queue_in_bytes()
    {
        var stage = Polled(PollLimits.Default);

        Assert.InRange(Enumerable.Range(0, 100).Count(_ => Says(stage, Anna, 90_000)), 20, 24);
        Assert.True(Says(stage, stage.Jo, 90_000));
    }

    [Fact]
    public void Invented_names_of_one_domain_take_a_quarter_of_a_queue()
    {
        var stage = Polled(new PollLimits(40, 1 << 20, TimeSpan.FromHours(4)));

        Assert.Equal(10, Enumerable.Range(0, 100).Count(i => Says(stage, Foreign($"n{i}.evil.example", $"a{i}"), 100)));
        Assert.True(Says(stage, Foreign("im.contoso.com", "Anna"), 100));
        Assert.True(Says(stage, stage.Jo, 100));
    }

    [Fact]
    public void What_a_sender_has_in_a_queue_is_known_after_a_restart()
    {
        var stage = Polled(new PollLimits(40, 1 << 20, TimeSpan.FromHours(4)));
        while (Says(stage, Anna, 100)) Assert.True(stage.Journal.Count < 100);

        stage.Restart();

        Assert.False(Says(stage, Anna, 100));
        Assert.True(Says(stage, stage.Jo, 100));
    }

    private static Stage Polled(PollLimits limits)
    {
        var stage = new Stage(new Rules { Polling = limits });
        Stage.Done(stage.Take(new SignIn(stage.KariProven, stage.Kari, Callback.Polled.Instance, null, Stage.Desk), stage.KariProven));
        return stage;
    }

    private static bool Says(Stage stage, RvpUrl sender, int size)
    {
        var caller = new Caller(sender, Credentials.Digest);
        var notify = new Notify(caller, AckType.DeepOr, 1, new NotificationHead(sender, [stage.Kari], Changes: null), Document(size));
        var answer = Assert.IsType<Answer.AsDelivered>(stage.Take(notify, caller).Answer);
        return answer.Known.Single().Outcome == DeliveryOutcome.Delivered;
    }

    private static byte[] Document(int size) =>
        System.Text.Encoding.UTF8.GetBytes($"<r:notification xmlns:r='http://schemas.microsoft.com/rvp/'>{new string('a', size - 68)}</r:notification>");

    private static bool Watches(Stage stage, RvpUrl watcher)
    {
        var caller = new Caller(watcher, Credentials.Assertion);
        return stage.Take(new Watch(caller, stage.Kari, new Callback.Logical(watcher), null, Stage.Laptop), caller).Answer is Answer.Done;
    }

    private static RvpUrl Foreign(string host, string name) => RvpUrl.ForAlias(host, 80, name);
}
