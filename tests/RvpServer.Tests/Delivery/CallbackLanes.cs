using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Delivery;
using RvpServer.Network;
using RvpServer.Outbound;
using RvpServer.Runtime;

namespace RvpServer.Tests.Delivery;

/// <summary>Lanes to callbacks on loopback, on a clock that only the test moves.</summary>
internal sealed class CallbackLanes : IAsyncDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly DeadCallbacks dead = new();
    private readonly OutboundHttp http;
    private readonly LogCollector log = new();
    private readonly DialPlaces places;
    private readonly Stalls stalls;

    /// <param name="attempts">How often a callback is tried.</param>
    /// <param name="maxMessages">See <see cref="LaneLimits"/>.</param>
    /// <param name="maxBytes">See <see cref="LaneLimits"/>.</param>
    /// <param name="proxy">The organisation's proxy.</param>
    /// <param name="dialsToOthers">See <see cref="DialPlaces"/>.</param>
    /// <param name="rule">Who may be dialled; the usual one where left out.</param>
    public CallbackLanes(
        int attempts = 4, int maxMessages = 1000, int maxBytes = 4 * 1024 * 1024, Uri? proxy = null, int dialsToOthers = 100, DialRule? rule = null)
    {
        Owed = new OwedNews(Clock);
        stalls = new Stalls(Machine);
        var policy = new AddressPolicy(new OwnEndpoints(() => [], Clock))
        {
            MinPort = 1025,
            Never = AddressKinds.NoHost,
            Ranges = [IPNetwork.Parse("127.0.0.0/8")],
            Open = AddressKinds.Public,
        };
        var resolver = new FakeDns().Resolver(Clock);
        var guard = new CallbackGuard(policy, resolver, Clock);
        places = new DialPlaces(100, dialsToOthers);
        var dialer = new Dialer(resolver, rule ?? guard.MayDial, Clock, proxy, places);
        http = new OutboundHttp(
            dialer, resolver, new OutboundProxy(new FirewallOptions { OutboundProxy = proxy }),
            new OutboundLimits(16, TimeSpan.FromSeconds(15), Timeout.InfiniteTimeSpan), stalls, Clock);
        var carrier = new CallbackCarrier(new DeliveryOptions { Attempts = attempts }, http, dead, new RefusedWatches(dead));
        Lanes = new Lanes<Uri>(
            "callback", carrier, new LaneLimits(maxMessages, maxBytes, MaxUnanswered: 2),
            new LaneParts(new OutboxMetrics(services.GetRequiredService<IMeterFactory>()), Owed, stalls, Clock), log.Of<CallbackLanes>(),
            CallbackComparer.Instance);
    }

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>The time of the machine, in which the process may stand still: nothing moves it but <see cref="StandsStill"/>.</summary>
    public FakeTimeProvider Machine { get; } = new();

    public OwedNews Owed { get; }

    public Lanes<Uri> Lanes { get; }

    /// <summary>Callbacks that were reported dead since this was asked last.</summary>
    public IReadOnlyList<Uri> Died
    {
        get
        {
            using var now = new CancellationTokenSource();
            var taking = dead.TakeAsync(now.Token);
            now.Cancel();
            if (!taking.IsCompletedSuccessfully) return [];
            return [.. taking.Result.Select(one => one.End).OfType<EndCallback>().Select(end => ((Callback.Direct)end.Callback).ToUri())];
        }
    }

    /// <summary>Attempts that did not reach their callback, as the log tells it.</summary>
    public int FailedAttempts => log.Entries.Count(entry => entry.Event == "AttemptFailed");

    public Task<DeliveryResult> Message(CallbackListener callback, string text) => Message(callback.Url, text);

    public Task<DeliveryResult> Message(Uri callback, string text) => Send(Notification(callback, text, isPropertyChange: false));

    /// <summary>News of a contact of its own, unless another notification is of the same.</summary>
    public Task<DeliveryResult> PropertyChange(CallbackListener callback, string text, string? contact = null) =>
        Send(Notification(callback.Url, text, isPropertyChange: true, contact ?? text));

    /// <summary>The process stands still for a while, as it does when it is stopped or its virtual machine is moved.</summary>
    public void StandsStill(TimeSpan time) => Machine.Advance(time);

    public Task<DeliveryResult> Send(Notification notification) => Lanes.Enqueue(((Callback.Direct)notification.Callback).ToUri(), notification);

    public static Notification Notification(Uri callback, string text, bool isPropertyChange, string contact = "JoBrown") => new(
        new Callback.Direct(callback), 456, RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien"), "http://im.adatum.com/instmsg/aliases/" + contact, 3,
        Encoding.UTF8.GetBytes(text))
    {
        News = isPropertyChange ? new News("http://im.adatum.com/instmsg/aliases/" + contact, "http://im.adatum.com/instmsg/aliases/KariHensien", []) : null,
    };

    /// <summary>Waits for a result while time does not move.</summary>
    public static Task<DeliveryResult> Result(Task<DeliveryResult> result) =>
        Deadline.For(result, "a delivery result", () => "none");

    /// <summary>Moves time on until the result is there; says how much of it went by.</summary>
    public async Task<(DeliveryResult Result, TimeSpan Took)> ResultInTime(Task<DeliveryResult> result)
    {
        var began = Clock.GetTimestamp();
        await TimePassesUntil(() => result.IsCompleted);
        return (await result, Clock.GetElapsedTime(began));
    }

    /// <summary>Waits until nothing is queued.</summary>
    public Task Drained() => Deadline.For(Lanes.DrainAsync(CancellationToken.None), "empty queues", () => $"{Lanes.Count} are not");

    /// <summary>Moves time on, a little at a time, until a condition holds.</summary>
    public async Task TimePassesUntil(Func<bool> condition)
    {
        var began = Clock.GetTimestamp();
        await Deadline.Until(
            () =>
            {
                if (condition()) return true;
                Clock.Advance(TimeSpan.FromSeconds(0.05));
                return false;
            },
            "something in the course of time",
            () => $"nothing in {Clock.GetElapsedTime(began)} of test time",
            TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        await Lanes.DisposeAsync();
        http.Dispose();
        places.Dispose();
        stalls.Dispose();
        await services.DisposeAsync();
    }
}
