using System.Diagnostics.Metrics;
using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>Counts what was sent, and what waits to be sent.</summary>
internal sealed class OutboxMetrics
{
    private readonly Meter meter;
    private readonly Counter<long> notifications;

    public OutboxMetrics(IMeterFactory meters)
    {
        meter = meters.Create("RvpServer.Outbox");
        notifications = meter.CreateCounter<long>("rvp_notifications_total", description: "Notifications, by outcome and kind of receiver.");
    }

    /// <summary>A notification has its final result.</summary>
    public void NotificationDone(string kind, DeliveryOutcome outcome) => notifications.Add(1, new("outcome", NameOf(outcome)), new("to", kind));

    /// <summary>News are told with older ones that wait.</summary>
    public void NotificationMerged(string kind) => notifications.Add(1, new("outcome", "merged"), new("to", kind));

    /// <summary>Publishes how many receivers have something waiting.</summary>
    public void Watch(Outbox outbox)
    {
        meter.CreateObservableGauge("rvp_queued_receivers",
            () => outbox.Kinds.Select(kind => new Measurement<long>(outbox.CountWaiting(kind), new KeyValuePair<string, object?>("to", kind))),
            description: "Receivers that have something waiting, by kind.");
        meter.CreateObservableGauge("rvp_queued_callbacks", () => (long)outbox.CountWaiting(Outbox.Callbacks),
            description: "Callbacks that have something waiting.");
    }

    private static string NameOf(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Delivered => "delivered",
        DeliveryOutcome.Refused => "refused",
        DeliveryOutcome.Unanswered => "unanswered",
        _ => "unreachable",
    };
}
