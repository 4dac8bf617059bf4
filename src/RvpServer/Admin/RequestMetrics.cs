namespace RvpServer.Admin;

/// <summary>Counts answers. Stands outside of whatever answers, so that every status is seen.</summary>
internal sealed class RequestMetrics(RequestDelegate next, Metrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        // Aborted requests have had no answer.
        if (!context.RequestAborted.IsCancellationRequested) metrics.RequestAnswered(context.Request.Method, context.Response.StatusCode);
    }
}
