using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Delivery;

namespace RvpServer.Tests.Delivery;

/// <summary>What is true of every way out, whoever carries: callbacks, other servers and polled nodes share these lanes.</summary>
public sealed class LanesTests : IAsyncDisposable
{
    private static readonly DeliveryResult Delivered = new(DeliveryOutcome.Delivered);
    private static readonly DeliveryResult Unanswered = new(DeliveryOutcome.Unanswered);
    private static readonly DeliveryResult Unreachable = new(DeliveryOutcome.Unreachable);

    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ScriptedCarrier carrier = new();
    private readonly LogCollector log = new();
    private readonly PrometheusText metrics;
    private readonly Lanes<string> lanes;

    public LanesTests()
    {
        var meters = services.GetRequiredService<IMeterFactory>();
        metrics = new PrometheusText(meters);
        lanes = new Lanes<string>("kind", carrier, new LaneLimits(MaxNotifications: 4, MaxBytes: 1000, MaxUnanswered: 3), new OutboxMetrics(meters),
            new FakeTimeProvider(), log.MakeProvider().CreateLogger("RvpServer.Delivery"));
    }

    public async ValueTask DisposeAsync()
    {
        await lanes.DisposeAsync();
        metrics.Dispose();
        await services.DisposeAsync();
    }

    [Fact]
    public async Task An_exception_costs_its_own_notification_and_nothing_behind_it()
    {
        carrier.Does("jo", (_, _) => throw new InvalidOperationException("no such thing"), (_, _) => Answers(200), (_, _) => Answers(200));

        var results = await Results(Send("jo", "first"), Send("jo", "second"), Send("jo", "third"));

        Assert.Equal([Unanswered, Delivered, Delivered], results);
        Assert.Equal(["InvalidOperationException"], log.Entries.Where(e => e.Event == "DeliveryFailed").Select(e => e.Cause!.GetType().Name));
    }

    [Fact]
    public async Task An_exception_while_a_receiver_is_given_up_still_tells_everybody_the_result()
    {
        var attempt = new TaskCompletionSource<Attempt>();
        carrier.Does("jo", (_, _) => attempt.Task);
        carrier.OnGiveUp = () => throw new InvalidOperationException();
        var (first, second) = (Send("jo", "first"), Send("jo", "second"));

        attempt.SetResult(Attempt.Hopeless("no such host"));

        Assert.Equal([Unreachable, Unreachable], await Results(first, second));
        Assert.Equal([Delivered], await Results(Send("jo", "third")));
    }

    [Fact]
    public async Task A_stop_behind_a_delivered_head_tells_the_rest_as_not_delivered()
    {
        var answer = new TaskCompletionSource<Attempt>();
        carrier.Does("jo", (_, _) => answer.Task);
        var (first, second) = (Send("jo", "first"), Send("jo", "second"));
        await carrier.Started("first");

        var stopping = lanes.DisposeAsync();
        answer.SetResult(Attempt.Answered(200));
        await stopping;

        Assert.Equal([Delivered, Unreachable], await Results(first, second));
        Assert.Equal(["first"], carrier.Carried);
    }

    [Fact]
    public async Task A_receiver_that_hangs_delays_nobody_else()
    {
        carrier.Does("slow", async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return Attempt.Answered(200);
        });
        var slow = Send("slow", "news");

        Assert.Equal([Delivered], await Results(Send("jo", "news")));
        Assert.False(slow.IsCompleted);
    }

    [Fact]
    public async Task Every_notification_is_counted_once_with_its_outcome_and_drops_are_logged()
    {
        var first = new TaskCompletionSource<Attempt>();
        carrier.Does("jo", (_, _) => first.Task, (_, _) => Answers(200), (_, _) => Answers(500), (_, _) => Task.FromResult(Attempt.Unanswered("silence")));
        var sent = Enumerable.Range(1, 4).Select(number => Send("jo", $"{number}")).ToArray();

        Assert.Equal([Unreachable], await Results(Send("jo", "one too many")));
        first.SetResult(Attempt.Answered(200));
        Assert.Equal([Delivered, Delivered, new(DeliveryOutcome.Refused, 500), Unanswered], await Results(sent));

        Assert.Equal(
            """
            rvp_notifications_total{outcome="delivered",to="kind"} 2
            rvp_notifications_total{outcome="refused",to="kind"} 1
            rvp_notifications_total{outcome="unanswered",to="kind"} 1
            rvp_notifications_total{outcome="unreachable",to="kind"} 1
            """,
            string.Join('\n', metrics.Print().Split('\n').Where(line => line.StartsWith("rvp_notifications_total", StringComparison.Ordinal))));
        Assert.Equal(["NotificationDropped", "NotificationUnanswered"], log.Entries.Select(e => e.Event));
    }

    private Task<DeliveryResult> Send(string receiver, string text) => lanes.Enqueue(receiver, News(text));

    private static Notification News(string text) => new(
        Callback.Polled.Instance, 1, RvpUrl.ForAlias("im.adatum.com", 80, "JoBrown"), "im.adatum.com", 1, Encoding.UTF8.GetBytes(text), true);

    private static Task<DeliveryResult[]> Results(params Task<DeliveryResult>[] sent) =>
        Deadline.For(Task.WhenAll(sent), "results", () => $"{sent.Count(task => task.IsCompleted)} of {sent.Length}");

    private static Task<Attempt> Answers(int status) => Task.FromResult(Attempt.Answered(status));

    /// <summary>Does with the notifications of a receiver what the test says, one after another; with the rest, delivers.</summary>
    private sealed class ScriptedCarrier : ICarrier<string>
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<Func<Notification, CancellationToken, Task<Attempt>>>> scripts = [];
        private readonly ConcurrentQueue<string> carried = [];

        public RetrySchedule Schedule => RetrySchedule.Once;

        public Action OnGiveUp { get; set; } = () => { };

        public IReadOnlyList<string> Carried => [.. carried];

        public void Does(string receiver, params Func<Notification, CancellationToken, Task<Attempt>>[] script) => scripts[receiver] = new(script);

        public Task Started(string text) => Deadline.Until(() => carried.Contains(text), $"an attempt with \"{text}\"", () => string.Join(", ", carried));

        public Task<Attempt> TryAsync(string receiver, Notification notification, TimeSpan elapsed, CancellationToken stop)
        {
            carried.Enqueue(Encoding.UTF8.GetString(notification.Body.Span));
            return scripts.TryGetValue(receiver, out var script) && script.TryDequeue(out var next) ? next(notification, stop) : Answers(200);
        }

        public void GiveUp(string receiver, Notification head) => OnGiveUp();
    }
}
