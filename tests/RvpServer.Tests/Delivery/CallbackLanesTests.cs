using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Rvp.Engine;
using Rvp.Testing;

namespace RvpServer.Tests.Delivery;

public sealed class CallbackLanesTests
{
    // Two in a row within less prove nothing.
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(6);

    private static readonly DeliveryResult Delivered = new(DeliveryOutcome.Delivered);
    private static readonly DeliveryResult Unanswered = new(DeliveryOutcome.Unanswered);
    private static readonly DeliveryResult Unreachable = new(DeliveryOutcome.Unreachable);

    [Fact]
    public async Task Notifications_of_a_callback_arrive_in_order_under_load()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        await using var kari = CallbackListener.Start(CallbackReply.KeepAlive);

        var results = new List<Task<DeliveryResult>>();
        for (var i = 0; i < 300; i++)
        {
            results.Add(test.Message(jo, Number(i)));
            results.Add(test.PropertyChange(kari, Number(i)));
        }
        await Deadline.For(Task.WhenAll(results), "600 results", () => $"{jo.All.Count} and {kari.All.Count}", TimeSpan.FromSeconds(30));

        Assert.All(results, result => Assert.Equal(Delivered, result.Result));
        Assert.Equal(Enumerable.Range(0, 300).Select(Number), jo.Drain().Select(notify => notify.Body));
        Assert.Equal(Enumerable.Range(0, 300).Select(Number), kari.Drain().Select(notify => notify.Body));
        Assert.Equal(1, kari.ConnectionCount);
    }

    [Fact]
    public async Task Order_holds_when_the_queue_runs_empty_again_and_again()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start(CallbackReply.KeepAlive);

        for (var i = 0; i < 200; i++)
        {
            var first = test.Message(jo, Number(2 * i));
            var second = test.Message(jo, Number((2 * i) + 1));
            await CallbackLanes.Result(i % 2 == 0 ? first : second);
        }
        await test.Drained();

        Assert.Equal(Enumerable.Range(0, 400).Select(Number), jo.Drain().Select(notify => notify.Body));
        Assert.Equal(0, test.Lanes.Count);
    }

    [Fact]
    public async Task A_hanging_callback_does_not_delay_others()
    {
        await using var test = new CallbackLanes();
        await using var hanging = CallbackListener.Start(CallbackReply.Silent);
        await using var jo = CallbackListener.Start();

        var stuck = test.Message(hanging, "stuck");
        await hanging.NextAsync();
        var result = await CallbackLanes.Result(test.Message(jo, "lunch?"));

        Assert.Equal(Delivered, result);
        Assert.False(stuck.IsCompleted);
    }

    [Fact]
    public async Task A_notification_without_an_answer_is_never_sent_twice()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.Silent);

        var sending = test.Message(jo, "lunch?");
        await Deadline.Until(() => jo.All.Count == 1, "a NOTIFY", () => "none");
        var (result, took) = await test.ResultInTime(sending);
        await CallbackLanes.Result(test.Message(jo, "fence"));

        Assert.Equal(Unanswered, result);
        Assert.InRange(took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(14));
        Assert.Equal(["lunch?", "fence"], jo.Drain().Select(notify => notify.Body));
        Assert.Empty(test.Died);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_callback_that_reads_on_a_kept_connection_and_closes_or_resets_gets_nothing_twice(bool reset)
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.KeepAlive, reset ? CallbackReply.Reset : CallbackReply.CloseUnanswered);

        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(jo, "first")));
        Assert.Equal(Unanswered, await CallbackLanes.Result(test.Message(jo, "second")));
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(jo, "fence")));

        Assert.Equal([("first", 1), ("second", 1), ("fence", 2)], jo.Drain().Select(notify => (notify.Body, notify.Connection)));
    }

    [Fact]
    public async Task A_kept_connection_that_the_callback_has_closed_costs_no_attempt()
    {
        await using var test = new CallbackLanes(attempts: 1);
        await using var first = CallbackListener.Start(CallbackReply.KeepAlive);
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(first, "first")));
        await first.DisposeAsync();
        await using var second = CallbackListener.Start(port: first.Port);

        var result = await CallbackLanes.Result(test.Message(second, "second"));

        Assert.Equal(Delivered, result);
        Assert.Equal("second", Assert.Single(second.Drain()).Body);
    }

    [Fact]
    public async Task A_request_that_was_not_written_whole_is_sent_again()
    {
        await using var test = new CallbackLanes(maxBytes: int.MaxValue);
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 64 * 1024 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        // More than all buffers between the two sockets hold.
        var large = new string('x', 16 * 1024 * 1024);

        var sending = test.Message(new Uri($"http://{listener.LocalEndPoint}"), large);
        using var deaf = await Deadline.For(listener.AcceptAsync(), "a connection", () => "none");
        var accepting = listener.AcceptAsync();
        await test.TimePassesUntil(() => accepting.IsCompleted);
        using var hearing = await accepting;
        await using var stream = new NetworkStream(hearing);
        var reader = new RawMessage(stream);
        await Deadline.For(reader.ReadHeadAsync(), "a head", () => reader.Arrived);
        var body = await Deadline.For(reader.ReadBodyAsync(large.Length), "a body", () => "a part of it");
        await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray());

        Assert.Equal(large, body);
        Assert.Equal(Delivered, await CallbackLanes.Result(sending));
    }

    [Fact]
    public async Task A_callback_that_comes_back_is_reached_by_a_later_attempt()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.StartDown();
        var result = test.Message(jo, "lunch?");
        await Deadline.Until(() => test.FailedAttempts == 1, "a failed attempt", () => "none");

        jo.ComeUp();
        var (outcome, _) = await test.ResultInTime(result);

        Assert.Equal(Delivered, outcome);
        Assert.Equal("lunch?", Assert.Single(jo.Drain()).Body);
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task A_callback_that_refuses_all_attempts_dies_once_and_takes_its_queue_with_it()
    {
        await using var test = new CallbackLanes();
        await using var dead = CallbackListener.StartDown();

        var results = Enumerable.Range(0, 5).Select(i => test.Message(dead, Number(i))).ToArray();
        var (_, took) = await test.ResultInTime(results[0]);
        await test.Drained();

        Assert.All(results, result => Assert.Equal(Unreachable, result.Result));
        Assert.Equal([dead.Url], test.Died);
        Assert.Equal(4, test.FailedAttempts);
        // 0.25 + 0.5 + 1 s between four attempts.
        Assert.InRange(took, TimeSpan.FromSeconds(1.75), TimeSpan.FromSeconds(15));
        Assert.Equal(0, test.Lanes.Count);
    }

    [Fact]
    public async Task A_dead_callback_is_reported_for_property_changes_too()
    {
        await using var test = new CallbackLanes(attempts: 1);
        await using var gone = CallbackListener.StartDown();

        Assert.Equal(Unreachable, await CallbackLanes.Result(test.PropertyChange(gone, "busy")));
        Assert.Equal([gone.Url], test.Died);
        // With a queue of its own.
        Assert.Equal(Unreachable, await CallbackLanes.Result(test.PropertyChange(gone, "online")));
        Assert.Equal([gone.Url], test.Died);
    }

    [Fact]
    public async Task Two_unanswered_notifications_in_a_row_are_a_dead_callback()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start(CallbackReply.CloseUnanswered);

        Assert.Equal(Unanswered, await CallbackLanes.Result(test.Message(jo, Number(0))));
        test.Clock.Advance(LongEnough);
        var results = Enumerable.Range(1, 2).Select(i => test.Message(jo, Number(i))).ToArray();
        await Deadline.For(Task.WhenAll(results), "two results", () => $"{jo.All.Count} NOTIFYs");

        Assert.Equal([Unanswered, Unreachable], results.Select(result => result.Result));
        Assert.Equal([jo.Url], test.Died);
        Assert.Equal(2, jo.All.Count);
    }

    [Fact]
    public async Task Many_connections_that_break_at_once_are_a_bad_way_and_no_dead_callback()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script([.. Enumerable.Repeat(CallbackReply.CloseUnanswered, 10)]);

        var results = Enumerable.Range(0, 11).Select(i => test.Message(jo, Number(i))).ToArray();
        await Deadline.For(Task.WhenAll(results), "eleven results", () => $"{jo.All.Count} NOTIFYs");

        Assert.Equal([.. Enumerable.Repeat(Unanswered, 10), Delivered], results.Select(result => result.Result));
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task Unanswered_notifications_count_across_an_empty_queue()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start(CallbackReply.CloseUnanswered);

        await CallbackLanes.Result(test.Message(jo, "first"));
        await test.Drained();
        Assert.Empty(test.Died);
        test.Clock.Advance(LongEnough);
        await CallbackLanes.Result(test.Message(jo, "second"));

        Assert.Equal([jo.Url], test.Died);
    }

    [Fact]
    public async Task An_answer_between_two_unanswered_notifications_keeps_the_callback_alive()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.CloseUnanswered, CallbackReply.Status(500, "No"), CallbackReply.CloseUnanswered);

        var results = Enumerable.Range(0, 4).Select(i => test.Message(jo, Number(i))).ToArray();
        await Deadline.For(Task.WhenAll(results), "four results", () => $"{jo.All.Count} NOTIFYs");

        Assert.Equal([Unanswered, new(DeliveryOutcome.Refused, 500), Unanswered, Delivered], results.Select(result => result.Result));
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_has_room_again_later()
    {
        await using var test = new CallbackLanes(maxMessages: 2);
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.Silent);

        var first = test.Message(jo, "first");
        var second = test.Message(jo, "second");
        var third = test.Message(jo, "third");
        var news = test.PropertyChange(jo, "news");

        Assert.True(third.IsCompleted);
        await Deadline.Until(() => jo.All.Count == 1, "a NOTIFY", () => "none");
        Assert.Equal(Unreachable, await third);
        Assert.Equal(Unanswered, (await test.ResultInTime(first)).Result);
        Assert.Equal(Delivered, await CallbackLanes.Result(second));
        Assert.Equal(Delivered, await CallbackLanes.Result(news));
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(jo, "fourth")));
        Assert.Equal(["first", "second", "news", "fourth"], jo.Drain().Select(notify => notify.Body));
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task A_queue_is_bounded_in_bytes()
    {
        await using var test = new CallbackLanes(maxBytes: 10);
        await using var jo = CallbackListener.Start(CallbackReply.Silent);

        var first = test.Message(jo, "123456");
        var tooMuch = test.Message(jo, "12345");
        var enough = test.Message(jo, "1234");
        await using var kari = CallbackListener.Start();
        var tooLarge = test.Message(kari, "12345678901");

        Assert.Equal(Unreachable, await CallbackLanes.Result(tooMuch));
        Assert.Equal(Unreachable, await CallbackLanes.Result(tooLarge));
        Assert.False(first.IsCompleted);
        Assert.False(enough.IsCompleted);
        Assert.Equal(1, test.Lanes.Count);
    }

    [Fact]
    public async Task A_message_that_waited_too_long_is_not_sent_but_a_property_change_is()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.Silent);

        var stuck = test.Message(jo, "stuck");
        await jo.NextAsync();
        var late = test.Message(jo, "late");
        var change = test.PropertyChange(jo, "busy");
        test.Clock.Advance(TimeSpan.FromSeconds(16));
        await test.ResultInTime(stuck);

        Assert.Equal(Unreachable, await CallbackLanes.Result(late));
        Assert.Equal(Delivered, await CallbackLanes.Result(change));
        Assert.Equal("busy", Assert.Single(jo.Drain()).Body);
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task Stopping_fails_what_waits_and_reports_nobody_dead()
    {
        var test = new CallbackLanes();
        await using var jo = CallbackListener.Start(CallbackReply.Silent);
        var first = test.Message(jo, "first");
        var second = test.Message(jo, "second");
        await jo.NextAsync();

        await test.DisposeAsync();

        Assert.Equal(Unanswered, await CallbackLanes.Result(first));
        Assert.Equal(Unreachable, await CallbackLanes.Result(second));
        Assert.Equal(Unreachable, await CallbackLanes.Result(test.Message(jo, "after the end")));
        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task Draining_ends_when_it_is_told_that_it_is_enough()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start(CallbackReply.Silent);
        var stuck = test.Message(jo, "stuck");
        using var enough = new CancellationTokenSource();

        var draining = test.Lanes.DrainAsync(enough.Token);
        Assert.False(draining.IsCompleted);
        await enough.CancelAsync();

        await Deadline.For(draining, "the end of draining", () => "it goes on");
        Assert.False(stuck.IsCompleted);
    }

    private static string Number(int i) => i.ToString(CultureInfo.InvariantCulture);
}
