using System.Net;
using System.Net.Sockets;
using Rvp.Engine;
using Rvp.Testing;

namespace RvpServer.Tests.Delivery;

/// <summary>Death needs evidence: a callback that is gone is noticed in time, and none dies of what this server or its machine did.</summary>
public sealed class EvidenceTests
{
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(45);
    private static readonly DeliveryResult Delivered = new(DeliveryOutcome.Delivered);
    private static readonly DeliveryResult Unanswered = new(DeliveryOutcome.Unanswered);
    private static readonly DeliveryResult Unreachable = new(DeliveryOutcome.Unreachable);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_callback_whose_power_was_cut_behind_a_kept_connection_is_dead_within_45_s(bool isPropertyChange)
    {
        await using var test = new CallbackLanes();
        using var jo = new Swallower();
        var first = test.Message(jo.Url, "first");
        using var kept = await jo.AnswersAsync();
        Assert.Equal(Delivered, await CallbackLanes.Result(first));

        jo.Swallows();
        var began = test.Clock.GetTimestamp();
        var second = test.Send(CallbackLanes.Notification(jo.Url, "second", isPropertyChange));
        // News are tried again; a message is not, but somebody knocks.
        Assert.Equal(isPropertyChange ? Unreachable : Unanswered, (await test.ResultInTime(second)).Result);
        IReadOnlyList<Uri> died = [];
        await test.TimePassesUntil(() => (died = test.Died).Count > 0);

        Assert.Equal([jo.Url], died);
        Assert.InRange(test.Clock.GetElapsedTime(began), TimeSpan.FromSeconds(20), InTime);
    }

    [Fact]
    public async Task A_callback_that_crashes_while_a_message_is_on_its_way_is_dead_within_45_s()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.Reset);
        var began = test.Clock.GetTimestamp();
        Assert.Equal(Unanswered, await CallbackLanes.Result(test.Message(jo, "Lunch?")));
        await jo.DisposeAsync();

        IReadOnlyList<Uri> died = [];
        await test.TimePassesUntil(() => (died = test.Died).Count > 0);

        Assert.Equal([jo.Url], died);
        Assert.InRange(test.Clock.GetElapsedTime(began), TimeSpan.FromSeconds(10), InTime);
    }

    [Fact]
    public async Task A_callback_that_opens_when_it_is_knocked_at_lives()
    {
        await using var test = new CallbackLanes();
        await using var jo = CallbackListener.Start();
        jo.Script(CallbackReply.CloseUnanswered);
        Assert.Equal(Unanswered, await CallbackLanes.Result(test.Message(jo, "Lunch?")));

        await test.TimePassesUntil(() => jo.ConnectionCount == 2);
        for (var i = 0; i < 45; i++) test.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(jo, "fence")));

        Assert.Empty(test.Died);
        Assert.Equal([("Lunch?", 1), ("fence", 3)], jo.All.Select(notify => (notify.Body, notify.Connection)));
    }

    [Fact]
    public async Task Waiting_for_a_place_of_our_own_is_no_sign_of_death()
    {
        // One connection in progress for each address.
        await using var test = new CallbackLanes(dialsToOthers: 2);
        using var dead = new Swallower();
        await using var jo = CallbackListener.Start();
        dead.Swallows();
        var lost = test.Message(dead.Url, "lost");
        await Deadline.Until(() => dead.IsDialled, "a connection in progress", () => "none");

        var waits = test.Message(jo, "waits");
        Assert.False(waits.IsCompleted);
        Assert.Equal(Delivered, (await test.ResultInTime(waits)).Result);
        Assert.Equal(Unreachable, (await test.ResultInTime(lost)).Result);

        Assert.Equal([dead.Url], test.Died);
    }

    [Fact]
    public async Task Dead_callbacks_never_hold_up_one_that_answered_lately()
    {
        await using var test = new CallbackLanes(dialsToOthers: 2);
        await using var jo = CallbackListener.Start();
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(jo, "first")));
        using var one = new Swallower();
        using var two = new Swallower();
        one.Swallows();
        two.Swallows();
        _ = test.Message(one.Url, "lost");
        _ = test.Message(two.Url, "lost, too");
        await Deadline.Until(() => one.IsDialled || two.IsDialled, "a connection in progress", () => "none");

        // No time passes.
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(jo, "second")));
        Assert.Equal(2, jo.ConnectionCount);
    }

    [Fact]
    public async Task A_dead_office_signs_off_nobody_else()
    {
        await using var test = new CallbackLanes(dialsToOthers: 20);
        var known = Enumerable.Range(0, 5).Select(_ => CallbackListener.Start()).ToArray();
        foreach (var callback in known) Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(callback, "first")));
        await using var elsewhere = CallbackListener.Start(address: "127.0.0.2");
        var office = Enumerable.Range(0, 30).Select(_ => new Swallower()).ToArray();
        foreach (var dead in office) dead.Swallows();
        var lost = office.Select(dead => test.Message(dead.Url, "lost")).ToArray();
        await Deadline.Until(() => office.Count(dead => dead.IsDialled) == 10, "the share of one address", () => $"{office.Count(dead => dead.IsDialled)}");

        // No time passes.
        for (var i = 0; i < 20; i++)
            foreach (var callback in known) Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(callback, $"{i}")));
        Assert.Equal(Delivered, await CallbackLanes.Result(test.Message(elsewhere, "new")));
        Assert.DoesNotContain(lost, result => result.IsCompleted);
        IReadOnlyList<Uri> died = [];
        await test.TimePassesUntil(() => (died = test.Died).Count > 0);

        Assert.Subset(office.Select(dead => dead.Url).ToHashSet(), died.ToHashSet());
        foreach (var callback in known) await callback.DisposeAsync();
        foreach (var dead in office) dead.Dispose();
    }

    [Fact]
    public async Task What_our_own_rules_forbid_is_no_sign_of_death()
    {
        await using var test = new CallbackLanes(rule: (_, _, _) => false);
        await using var jo = CallbackListener.Start();

        Assert.Equal(Unreachable, (await test.ResultInTime(test.Message(jo, "Lunch?"))).Result);

        Assert.Empty(test.Died);
        Assert.Equal(0, jo.ConnectionCount);
    }

    [Fact]
    public async Task A_name_that_DNS_does_not_answer_for_is_no_sign_of_death()
    {
        await using var test = new CallbackLanes();

        Assert.Equal(Unreachable, (await test.ResultInTime(test.Message(new Uri("http://pc17.adatum.com:1051"), "Lunch?"))).Result);

        Assert.Empty(test.Died);
    }

    [Fact]
    public async Task Attempts_during_which_the_process_stood_still_prove_nothing()
    {
        await using var test = new CallbackLanes(attempts: 1);
        using var jo = new Swallower();
        jo.Swallows();
        var sending = test.Message(jo.Url, "Lunch?");
        await Deadline.Until(() => jo.IsDialled, "a connection in progress", () => "none");

        test.StandsStill(TimeSpan.FromSeconds(20));
        test.Clock.Advance(TimeSpan.FromSeconds(20));
        await Deadline.Until(() => test.FailedAttempts == 1, "a failed attempt", () => "none");
        Assert.False(sending.IsCompleted);
        Assert.Empty(test.Died);

        // It begins anew, and now nothing speaks for it.
        Assert.Equal(Unreachable, (await test.ResultInTime(sending)).Result);
        Assert.Equal([jo.Url], test.Died);
    }

    [Fact]
    public async Task An_answer_that_came_while_the_process_stood_still_is_read_before_anybody_is_blamed()
    {
        await using var test = new CallbackLanes();
        using var jo = new Swallower();
        var sending = test.Message(jo.Url, "Lunch?");
        using var connection = await jo.AcceptsAsync();

        test.StandsStill(TimeSpan.FromSeconds(20));
        test.Clock.Advance(TimeSpan.FromSeconds(20));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());

        Assert.Equal(Delivered, await CallbackLanes.Result(sending));
    }

    /// <summary>A callback that answers what it is told to, and after that swallows all packets that would open a connection, as a dead router does.</summary>
    private sealed class Swallower : IDisposable
    {
        private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Socket filler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public Swallower()
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(0);
            Url = new Uri($"http://{listener.LocalEndPoint}");
        }

        public Uri Url { get; }

        public async Task<Socket> AcceptsAsync()
        {
            var socket = await Deadline.For(listener.AcceptAsync(), "a connection", () => "none");
            var request = new byte[4096];
            await socket.ReceiveAsync(request);
            return socket;
        }

        public async Task<Socket> AnswersAsync()
        {
            var socket = await AcceptsAsync();
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            return socket;
        }

        /// <summary>The queue of the listener is full now, and the kernel drops what does not fit.</summary>
        public void Swallows() => filler.Connect(listener.LocalEndPoint!);

        /// <summary>True while somebody dials: the kernel has a connection to it in state SYN-SENT.</summary>
        public bool IsDialled => File.ReadLines("/proc/net/tcp").Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(fields => fields[3] == "02" && fields[2].EndsWith($":{Url.Port:X4}", StringComparison.Ordinal));

        public void Dispose()
        {
            listener.Dispose();
            filler.Dispose();
        }
    }
}
