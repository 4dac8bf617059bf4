using System.Diagnostics.Metrics;

namespace RvpServer.Webhooks;

/// <summary>Counts what came to hooks.</summary>
internal sealed class WebhookMetrics(IMeterFactory meters)
{
    private readonly Counter<long> messages = meters.Create("RvpServer.Webhooks")
        .CreateCounter<long>("rvp_webhook_messages_total", description: "Messages that came to webhooks, by outcome.");

    /// <summary>A message has come, and was answered with this status.</summary>
    public void Count(int status) => messages.Add(1, new KeyValuePair<string, object?>("outcome", OutcomeOf(status)));

    private static string OutcomeOf(int status) => status switch
    {
        StatusCodes.Status200OK => "accepted",
        StatusCodes.Status429TooManyRequests => "throttled",
        StatusCodes.Status404NotFound => "unknown",
        StatusCodes.Status412PreconditionFailed => "unavailable",
        _ => "refused",
    };
}
