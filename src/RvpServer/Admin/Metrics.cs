using System.Diagnostics.Metrics;
using Rvp.Engine;

namespace RvpServer.Admin;

/// <summary>What the server counts. Names are part of the operations contract: dashboards use them.</summary>
internal sealed class Metrics : IDisposable
{
    // A stranger makes up verbs: the rest share one label, so that he cannot make up time series.
    private static readonly HashSet<string> Verbs =
        ["SUBSCRIBE", "UNSUBSCRIBE", "SUBSCRIPTIONS", "PROPFIND", "PROPPATCH", "NOTIFY", "ACL", "POLL", "GET", "HEAD", "POST", "OPTIONS"];

    private readonly Meter meter = new("RvpServer");
    private readonly Counter<long> requests;
    private readonly Counter<long> notifications;

    public Metrics()
    {
        requests = meter.CreateCounter<long>("rvp_requests_total", description: "Requests answered, by verb and status.");
        notifications = meter.CreateCounter<long>("rvp_notifications_total", description: "Notifications to callbacks, by outcome.");
    }

    /// <summary>Whose measurements <see cref="PrometheusText"/> prints.</summary>
    public Meter Meter => meter;

    public void RequestAnswered(string verb, int status) =>
        requests.Add(1, new("verb", Verbs.Contains(verb) ? verb : "other"), new("status", status));

    public void NotificationDone(DeliveryOutcome outcome) => notifications.Add(1, new KeyValuePair<string, object?>("outcome", outcome.ToString().ToLowerInvariant()));

    /// <summary>A number that is looked at whenever somebody asks.</summary>
    /// <param name="name">For example <c>rvp_signed_in</c>, <c>rvp_subscriptions</c>, <c>rvp_queued_notifications</c>.</param>
    /// <param name="description">One sentence.</param>
    /// <param name="read">Cheap, and callable from any thread.</param>
    public void AddGauge(string name, string description, Func<long> read) => meter.CreateObservableGauge(name, read, description: description);

    public void Dispose() => meter.Dispose();
}
