using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Delivery;

namespace RvpServer.Tests.Delivery;

/// <summary>A deliverer on a clock that only the test moves, with callbacks on loopback.</summary>
internal sealed class TestDeliverer : IAsyncDisposable, ILogger<Deliverer>
{
    private readonly CallbackDialer dialer;
    private int failedAttempts;

    public TestDeliverer(int attempts = 4, int maxNotifications = 1000, int maxBytes = 4 * 1024 * 1024, Uri? proxy = null)
    {
        var settings = new DeliverySettings(attempts, TimeSpan.FromSeconds(10), 1025, maxNotifications, maxBytes, proxy);
        var addresses = new CallbackAddresses(settings.MinCallbackPort, [IPNetwork.Parse("127.0.0.0/8")], () => [], Clock);
        dialer = new CallbackDialer(addresses, new CallbackNames(static (_, _) => Task.FromResult<IPAddress[]>([]), Clock), proxy);
        Deliverer = new Deliverer(settings, dialer, Clock, this);
        Deliverer.CallbackDied += (callback, _) => Died.Add(callback.Url);
    }

    public FakeTimeProvider Clock { get; } = new();

    public Deliverer Deliverer { get; }

    public List<Uri> Died { get; } = [];

    /// <summary>Attempts that did not reach their callback, as the log tells it.</summary>
    public int FailedAttempts => Volatile.Read(ref failedAttempts);

    public Task<DeliveryResult> Message(CallbackListener callback, string text) => Message(callback.Url, text);

    public Task<DeliveryResult> Message(Uri callback, string text) => Deliverer.Enqueue(Notification(callback, text, isPropertyChange: false));

    public Task<DeliveryResult> PropertyChange(CallbackListener callback, string text) =>
        Deliverer.Enqueue(Notification(callback.Url, text, isPropertyChange: true));

    public static Notification Notification(Uri callback, string text, bool isPropertyChange) => new(
        new Callback.Direct(callback), 456, RvpUrl.ForAlias("im.adatum.com", 80, "KariHensien"), "http://im.adatum.com/instmsg/aliases/JoBrown", 3,
        Encoding.UTF8.GetBytes(text), "text/xml", isPropertyChange);

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
    public Task Drained() => Deadline.For(Deliverer.DrainAsync(CancellationToken.None), "empty queues", () => $"{Deliverer.ActiveCallbacks} are not");

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
            () => $"nothing in {Clock.GetElapsedTime(began)} of test time");
    }

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Name == "CallbackAttemptFailed") Interlocked.Increment(ref failedAttempts);
    }

    public async ValueTask DisposeAsync()
    {
        await Deliverer.DisposeAsync();
        dialer.Dispose();
    }
}
