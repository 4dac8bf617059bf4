using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Delivery;
using RvpServer.Home;
using RvpServer.Nodes;
using RvpServer.Tests.Federation;

namespace RvpServer.Tests.Delivery;

/// <summary>The one way out, in the running server.</summary>
public sealed class OutboxTests : IAsyncDisposable
{
    private static readonly RvpUrl Jo = RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown");

    private readonly Organisations organisations = new();
    private readonly LogCollector log = new();

    public ValueTask DisposeAsync() => organisations.DisposeAsync();

    [Fact]
    public async Task A_notification_that_cannot_be_sent_costs_only_itself()
    {
        await using var server = await StartAsync();
        await using var callback = CallbackListener.Start();
        var outbox = server.Services.GetRequiredService<Outbox>();

        var sent = outbox.Send(
            [News(WithoutAddress(), "broken"), News(new Callback.Logical(null!), "broken too"), News(new Callback.Direct(callback.Url), "whole")]);

        var results = await Deadline.For(Task.WhenAll(sent), "results", () => "none");
        Assert.Equal([DeliveryOutcome.Unreachable, DeliveryOutcome.Delivered], results.Select(result => result.Outcome));
        Assert.Equal("whole", (await callback.NextAsync()).Body);
        Assert.Equal(["NotificationNotSent", "NotificationNotSent"], Bugs());
        Assert.Contains("""rvp_notifications_total{outcome="unreachable",to="callback"} 1""", await MetricsAsync(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_waits_for_a_dead_server_does_not_keep_this_one_from_stopping()
    {
        await using var server = await StartAsync();
        var outbox = server.Services.GetRequiredService<Outbox>();
        var servers = outbox.Open("dead", new DeadCarrier(), Few);
        var nodes = outbox.Open("waiting", new WaitingCarrier(servers), Few);
        var sent = nodes.Enqueue("node", News(new Callback.Logical(Jo), "news"));
        await Deadline.Until(() => servers.Count == 1, "a lane to the dead server", () => $"{servers.Count}");

        await Deadline.For(outbox.DisposeAsync().AsTask(), "the end", () => "waiting");

        Assert.Equal(DeliveryOutcome.Unreachable, (await sent).Outcome);
    }

    private static readonly LaneLimits Few = new(10, 1_000_000, 3);

    private sealed class DeadCarrier : ICarrier<string>
    {
        public RetrySchedule Schedule => RetrySchedule.ForServers;

        public Task<Attempt> TryAsync(string receiver, Notification notification, TimeSpan elapsed, CancellationToken stop) =>
            Task.FromResult(Attempt.Again("nobody is there"));

        public void GiveUp(string receiver, Notification unsent)
        {
        }
    }

    private sealed class WaitingCarrier(Lanes<string> next) : ICarrier<string>
    {
        public RetrySchedule Schedule => RetrySchedule.ForServers;

        public async Task<Attempt> TryAsync(string receiver, Notification notification, TimeSpan elapsed, CancellationToken stop) =>
            new(await next.Enqueue("server", notification));

        public void GiveUp(string receiver, Notification unsent)
        {
        }
    }

    private static Callback.Direct WithoutAddress() =>
        (Callback.Direct)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(Callback.Direct));

    [Fact]
    public async Task Of_the_news_for_one_watcher_one_that_cannot_be_sent_costs_only_itself()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();

        server.Services.GetRequiredService<INodes>().Receive(Jo, [null!, News(new Callback.Logical(Jo), "whole")]);

        Assert.Equal("whole", (await jo.Callback.NextAsync()).Body);
        Assert.Equal(["NotificationNotSent"], Bugs());
    }

    [Fact]
    public async Task News_stays_behind_news_that_waits_already()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await jo.SignsInToPoll();
        await jo.SignsIn();
        var slot = server.Services.GetRequiredService<NodeTurns>().Find(Jo)!;
        var polled = slot.Node.SignIns[0];
        var nodes = server.Services.GetRequiredService<INodes>();

        using (await slot.TakeTurnAsync(CancellationToken.None))
        {
            nodes.Receive(Jo, [News(new Callback.Logical(Jo), "first")]);
            slot.Node.Apply(new Change.SubscriptionEnded(polled.Id));
            nodes.Receive(Jo, [News(new Callback.Logical(Jo), "second")]);
        }

        Assert.Equal(["first", "second"], [(await jo.Callback.NextAsync()).Body, (await jo.Callback.NextAsync()).Body]);
    }

    [Fact]
    public async Task Sign_ins_that_come_and_go_while_news_arrive_break_nothing()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");
        await jo.SignsInToPoll();
        var slot = server.Services.GetRequiredService<NodeTurns>().Find(Jo)!;
        var signIn = slot.Node.SignIns[0];
        var nodes = server.Services.GetRequiredService<INodes>();
        using var done = new CancellationTokenSource();

        // What a turn does to the node, as fast as it can, and never what two turns would do at once.
        var toggling = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                using var turn = await slot.TakeTurnAsync(CancellationToken.None);
                slot.Node.Apply(new Change.SubscriptionEnded(signIn.Id));
                slot.Node.Apply(new Change.SubscriptionMade(signIn));
            }
        });
        var news = News(new Callback.Logical(Jo), "news");
        for (var i = 0; i < 20_000; i++) nodes.Receive(Jo, [news]);
        await done.CancelAsync();
        await toggling;

        Assert.Empty(Bugs());
    }

    [Fact]
    public async Task At_a_mass_sign_out_every_answer_is_good_and_no_watcher_keeps_a_ghost()
    {
        var names = Enumerable.Range(1, 24).Select(number => $"User{number}").ToArray();
        await using var server = await StartAsync(
            [new TestAccount("JoBrown@adatum.com", "Jo Brown"), .. names.Select(name => new TestAccount(name + "@adatum.com", name))]);
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();
        var people = names.Select(name => server.Person(name)).ToArray();
        await Task.WhenAll(people.Select(async person =>
        {
            await person.SignsIn();
            await jo.Watches(person);
            foreach (var other in people) await person.Watches(other);
            await person.SetsState("online");
        }));
        for (var i = 0; i < people.Length; i++) await jo.Callback.NextAsync();

        var answers = await Task.WhenAll(people.Select(person => person.SignsOut()));
        var last = new List<string>();
        for (var i = 0; i < people.Length; i++) last.Add((await jo.Callback.NextAsync()).Body);

        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
        Assert.All(last, body => Assert.Contains("<r:offline/>", body, StringComparison.Ordinal));
        Assert.Equal(people.Length, last.Distinct().Count());
        Assert.Empty(Bugs());
        foreach (var person in people) await person.DisposeAsync();
    }

    [Fact]
    public async Task What_leaves_for_callbacks_nodes_and_servers_is_counted_alike()
    {
        var jo = organisations.Person(await organisations.AdatumAsync(null, ("MailDomains:sales.adatum.com", "im.adatum.com")), "JoBrown");
        await using var contoso = organisations.Peer(CallbackReply.KeepAlive);
        var kari = organisations.Person(jo.Server, "KariHensien", "im.contoso.com");
        await jo.SignsInToPoll();
        await jo.Watches(jo);
        await jo.Server.AskAsync(
            $"SUBSCRIBE {jo.Path} HTTP/1.1\r\nHost: im.adatum.com\r\nRVP-From-Principal: {kari.Url}\r\nNotification-Type: update/propchange\r\n"
            + $"Call-Back: {kari.Url}\r\nContent-Length: 0\r\n\r\n");

        await jo.SetsState("busy");
        Assert.Contains("<r:busy/>", (await contoso.NextAsync()).Body, StringComparison.Ordinal);
        await jo.SignsIn();
        await jo.Says(jo, "Hello");

        foreach (var kind in new[] { "callback", "node", "server" })
        {
            var line = $"rvp_notifications_total{{outcome=\"delivered\",to=\"{kind}\"}} 1";
            string text;
            do text = await MetricsAsync(jo.Server);
            while (!text.Contains(line, StringComparison.Ordinal) && !text.Contains(line[..^1] + "2", StringComparison.Ordinal));
            Assert.Contains($"rvp_queued_receivers{{to=\"{kind}\"}} ", text, StringComparison.Ordinal);
        }
    }

    private Task<TestServer> StartAsync(IReadOnlyList<TestAccount>? accounts = null) =>
        TestServer.StartAsync(accounts: accounts, replace: services => services.AddSingleton<ILoggerFactory>(new LoggerFactory([log.MakeProvider()])));

    private IEnumerable<string?> Bugs() => log.Entries.Where(e => e.Level >= LogLevel.Error).Select(e => e.Event);

    private static async Task<string> MetricsAsync(TestServer server) =>
        (await RawConnection.AskAsync(server.AdminPort, "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")).Body;

    private static Notification News(Callback callback, string text) =>
        new(callback, 1, Jo, "http://im.adatum.com/instmsg/aliases/JoBrown", 1, Encoding.UTF8.GetBytes(text)) { News = new News(text, text, []) };
}
