using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Rvp.Engine;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Delivery;

namespace RvpServer.Tests.Delivery;

/// <summary>A deliverer on a clock that only the test moves, with callbacks on loopback.</summary>
internal sealed class TestDeliverer : IAsyncDisposable
{
    private readonly CallbackDialer dialer;

    public TestDeliverer(int attempts = 4, int maxNotifications = 1000, int maxBytes = 4 * 1024 * 1024, Uri? proxy = null)
    {
        var settings = new DeliverySettings(attempts, TimeSpan.FromSeconds(10), 1025, maxNotifications, maxBytes, proxy);
        var addresses = new CallbackAddresses(settings.MinCallbackPort, [IPNetwork.Parse("127.0.0.0/8")], () => [], Clock);
        dialer = new CallbackDialer(addresses, new CallbackNames(static (_, _) => Task.FromResult<IPAddress[]>([]), Clock), proxy);
        Deliverer = new Deliverer(settings, dialer, Clock, NullLogger<Deliverer>.Instance);
        Deliverer.CallbackDied += callback => Died.Add(callback.Url);
    }

    public FakeTimeProvider Clock { get; } = new();

    public Deliverer Deliverer { get; }

    public List<Uri> Died { get; } = [];

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
        await Deadline.Until(
            () =>
            {
                if (!result.IsCompleted) Clock.Advance(TimeSpan.FromSeconds(0.05));
                return result.IsCompleted;
            },
            "a delivery result",
            () => $"none in {Clock.GetElapsedTime(began)} of test time");
        return (await result, Clock.GetElapsedTime(began));
    }

    public async ValueTask DisposeAsync()
    {
        await Deliverer.DisposeAsync();
        dialer.Dispose();
    }
}
