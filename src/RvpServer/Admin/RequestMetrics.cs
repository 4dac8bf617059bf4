using System.Diagnostics.Metrics;

namespace RvpServer.Admin;

/// <summary>Counts answers. Stands outside of whatever answers, so that every status is seen.</summary>
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
        // Aborted requests have had no answer.
        if (!context.RequestAborted.IsCancellationRequested) requests.Add(1, new("verb", VerbOf(context)), new("status", context.Response.StatusCode));
    }

    // A stranger makes up verbs: what no endpoint names shares one label, so that nobody can make up time series.
    private static string VerbOf(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: [var verb] }) return verb;
        var method = context.Request.Method;
        return HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsPost(method) || HttpMethods.IsOptions(method)
            ? method.ToUpperInvariant()
            : "other";
    }
}
