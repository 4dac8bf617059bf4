using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// What surrounds every request of users: exceptions become answers (<see cref="ErrorAnswers"/>), strangers who are refused again and again wait
/// (<see cref="RefusalPacing"/>), and every answer is counted (<see cref="RequestMetrics"/>) and has its line in the protocol log (<see cref="W3cLog"/>). One
/// layer for all: each costs a request that waits a suspended method.
/// </summary>
internal sealed class RequestFrame(RequestDelegate next, ErrorAnswers errors, RefusalPacing pacing, RequestMetrics metrics, WallClock wall, TimeProvider time,
    IHostApplicationLifetime life, W3cLog? log = null)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var (date, began) = (wall.Now.UtcDateTime, time.GetTimestamp());
        var span = RequestSpan.Begin(context);
        // Whoever asks again asks a server that goes on.
        if (life.ApplicationStopping.IsCancellationRequested) context.Response.Headers.Connection = "close";
        // Whose connection somebody has proven to be is no stranger's.
        if (!ConnectionShares.IsProven(context)) pacing.Watch(context);
        try
        {
            await next(context);
        }
        catch (Exception cause)
        {
            await errors.AnswerAsync(context, cause);
        }
        finally
        {
            var taken = time.GetElapsedTime(began);
            metrics.Count(context, taken);
            if (span is not null) RequestSpan.End(span, context, metrics.ServerOf(context));
            log?.Write(context, date, taken);
        }
    }
}
