using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Rvp.Client;

/// <summary>What the client measures, of all clients of the process, as the meter <c>Rvp.Client</c>; nothing where nobody listens.</summary>
internal static class ClientMetrics
{
    public const string MeterName = "Rvp.Client";

    private static readonly Meter Meter = new(MeterName);

    private static readonly Histogram<double> Requests =
        Meter.CreateHistogram<double>("rvp.client.request.duration", "s", "How long requests took, by verb and status; a long poll is as long as it waits.");

    private static readonly Counter<long> Sent = Meter.CreateCounter<long>("rvp.client.messages.sent", "{message}", "Text messages sent, by outcome.");

    private static readonly Counter<long> Received = Meter.CreateCounter<long>("rvp.client.messages.received", "{message}", "Text messages that came.");

    private static readonly Counter<long> Lost =
        Meter.CreateCounter<long>("rvp.client.connection.losses", "{loss}", "Times that the server could not be reached any more.");

    public static void Answered(string verb, int status, TimeSpan taken)
    {
        if (Requests.Enabled) Requests.Record(taken.TotalSeconds, new TagList { { "verb", verb }, { "status", status } });
    }

    public static void MessageSent(MessageOutcome outcome) => Sent.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public static void MessageReceived() => Received.Add(1);

    public static void ConnectionLost() => Lost.Add(1);
}
