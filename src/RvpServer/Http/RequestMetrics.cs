using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using Rvp.Protocol;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>Counts answers, whatever they are, and measures how long they took.</summary>
internal sealed class RequestMetrics
{
    private const string OtherVerb = "other";
    private const string NoServer = "none";

    // Strangers can invent verbs: those that nobody serves share one label, so that nobody can create time series.
    private static readonly FrozenDictionary<string, string> Verbs = RvpVerbs.All.Concat(["GET", "HEAD", "OPTIONS"])
        .ToFrozenDictionary(verb => verb, StringComparer.OrdinalIgnoreCase);

    // As objects, which labels are; other servers' answers may have any of three digits.
    private static readonly object[] Statuses = [.. Enumerable.Range(0, 1000).Select(status => (object)status)];

    private readonly Counter<long> requests;
    private readonly Histogram<double> durations;

    // By host, as it is written in most requests: looked up without making any text.
    private readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> servers;

    public RequestMetrics(IMeterFactory meters, VirtualServerTable table)
    {
        var meter = meters.Create("RvpServer.Requests");
        requests = meter.CreateCounter<long>("rvp_requests_total", description: "Requests answered, by virtual server, verb and status.");
        durations = meter.CreateHistogram(
            "rvp_request_seconds", "s", "Time until a request was answered, by verb; a POLL that waits included.", advice: MetricBuckets.Seconds);
        meter.CreateObservableGauge("rvp_virtual_server", () => table.All.Select(server =>
            new Measurement<long>(1, new("server", server.Name), new("role", server.Role.ToString()), new("domain", server.Domain))),
            description: "1 for each virtual server, with its role and domain.");
        servers = table.All.SelectMany(server => server.HostNames.Select(host => KeyValuePair.Create(host, server.Name)))
            .ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The request is over, after so long.</summary>
    public void Count(HttpContext context, TimeSpan taken)
    {
        // Aborted requests got no answer.
        if (context.RequestAborted.IsCancellationRequested) return;
        var verb = VerbOf(context);
        requests.Add(1, new("server", ServerOf(context)), new("verb", verb), new("status", Statuses[context.Response.StatusCode]));
        durations.Record(taken.TotalSeconds, new KeyValuePair<string, object?>("verb", verb));
    }

    /// <summary>The label of a request's verb.</summary>
    public static string VerbOf(HttpContext context) => Verbs.GetValueOrDefault(context.Request.Method, OtherVerb);

    /// <summary>The name of the virtual server that a request is for.</summary>
    public string ServerOf(HttpContext context)
    {
        var host = context.Request.Headers.Host.ToString().AsSpan();
        var port = host.LastIndexOf(':');
        if (port > host.LastIndexOf(']')) host = host[..port];
        return servers.TryGetValue(host, out var name) ? name : NoServer;
    }
}
