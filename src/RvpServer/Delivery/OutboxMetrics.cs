using System.Diagnostics.Metrics;
using Rvp.Engine;

namespace RvpServer.Delivery;

/// <summary>Counts what was sent, and what waits to be sent.</summary>
internal sealed class OutboxMetrics
{
    private readonly Meter meter;
    // Whoever has a domain can name any number of servers in it: only the longest queues have a series.
    private const int MaxHosts = 10;

    private readonly Counter<long> notifications;
    private readonly Counter<long> messages;

    public OutboxMetrics(IMeterFactory meters)
    {
        meter = meters.Create("RvpServer.Outbox");
        messages = meter.CreateCounter<long>("rvp_message_deliveries_total", description: "Messages that were sent to a client's listener, by outcome.");
        notifications = meter.CreateCounter<long>("rvp_notifications_total", description: "Notifications, by outcome and kind of receiver.");
    }

    /// <summary>A notification has its final result.</summary>
    public void NotificationDone(string kind, DeliveryOutcome outcome) => notifications.Add(1, new("outcome", NameOf(outcome)), new("to", kind));

    /// <summary>One of them was a message.</summary>
    public void MessageDone(DeliveryOutcome outcome) => messages.Add(1, new KeyValuePair<string, object?>("outcome", NameOf(outcome)));

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
        meter.CreateObservableGauge("rvp_queued_for_host",
            () => outbox.CountByHost().OrderByDescending(host => host.Value).Take(MaxHosts)
                .Select(host => new Measurement<long>(host.Value, new KeyValuePair<string, object?>("host", host.Key))),
            description: "Notifications that wait for another server, of the ten with the most.");
    }

    private static string NameOf(DeliveryOutcome outcome) => outcome switch
    {
        DeliveryOutcome.Delivered => "delivered",
        DeliveryOutcome.Refused => "refused",
        DeliveryOutcome.Unanswered => "unanswered",
        _ => "unreachable",
    };
}
