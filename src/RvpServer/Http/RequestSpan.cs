using System.Diagnostics;

namespace RvpServer.Http;

/// <summary>
/// A span of a trace for each request, with verb, virtual server and status; whose node it is stays here. Made only where somebody collects them, and part of
/// no trace of the caller's, who may be a stranger.
/// </summary>
internal static class RequestSpan
{
    /// <summary>Under which collectors find them.</summary>
    public const string Source = "RvpServer";

    private static readonly ActivitySource Spans = new(Source);

    /// <summary>A request has come; null where nobody collects.</summary>
    public static Activity? Begin(HttpContext context) =>
        Spans.HasListeners() ? Spans.StartActivity(RequestMetrics.VerbOf(context), ActivityKind.Server) : null;

    /// <summary>It is answered.</summary>
    public static void End(Activity span, HttpContext context, string server)
    {
        var status = context.Response.StatusCode;
        span.SetTag("http.request.method", span.OperationName).SetTag("http.response.status_code", status).SetTag("rvp.server", server);
        if (status >= StatusCodes.Status500InternalServerError) span.SetStatus(ActivityStatusCode.Error);
        span.Dispose();
    }
}
