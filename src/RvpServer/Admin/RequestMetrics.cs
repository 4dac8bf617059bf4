using System.Diagnostics.Metrics;

namespace RvpServer.Admin;

/// <summary>Counts answers. Placed outside all code that answers, so that every status is counted.</summary>
internal sealed class RequestMetrics
{
    private readonly RequestDelegate next;
    private readonly Counter<long> requests;

    public RequestMetrics(RequestDelegate next, IMeterFactory meters)
    {
        this.next = next;
        requests = meters.Create("RvpServer.Requests").CreateCounter<long>("rvp_requests_total", description: "Requests answered, by verb and status.");
    }

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        // Aborted requests got no answer.
        if (!context.RequestAborted.IsCancellationRequested) requests.Add(1, new("verb", VerbOf(context)), new("status", context.Response.StatusCode));
    }

    // Strangers can invent verbs: those without an endpoint share one label, so that nobody can create time series.
    private static string VerbOf(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: [var verb] }) return verb;
        var method = context.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPost(method) || HttpMethods.IsOptions(method)
            ? method.ToUpperInvariant()
            : "other";
    }
}
