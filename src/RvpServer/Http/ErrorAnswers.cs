using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>The only code that converts exceptions into answers. An unexpected one is a bug: logged in full, with no details for the caller.</summary>
internal sealed partial class ErrorAnswers(AbuseLog abuse, TimeProvider clock, ILogger<ErrorAnswers> logger)
{
    // What fails has lines of its own; this says that people notice.
    private readonly OutageLog putOff = new("Serving some requests", clock, logger);
    private readonly LineLimit malformed = new(clock);

    // Long enough for a directory or database to recover from a short failure, short enough for a person who waits.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>Answers a request whose handling has ended with an exception.</summary>
    public Task AnswerAsync(HttpContext context, Exception cause)
    {
        // The caller has gone.
        if (cause is OperationCanceledException or IOException && cause is not BadHttpRequestException && context.RequestAborted.IsCancellationRequested)
            return Task.CompletedTask;
        var refusal = RefusalFor(cause);
        if (refusal == Refusal.InternalError) Log.RequestFailed(logger, cause, context.Request.Method, context.Request.Path);
        else if (refusal.Status == StatusCodes.Status503ServiceUnavailable) putOff.Failed(cause.Message, cause);
        // Nothing is wrong with it: clients that do not know the name of their server try the likely ones.
        else if (refusal == Refusal.NoSuchHost) Log.NoSuchHost(logger, context.Connection.RemoteIpAddress);
        else if (malformed.MayWrite())
            Log.RequestMalformed(logger, refusal.Status, context.Request.Method, context.Connection.RemoteIpAddress, cause.Message);
        if (KindOf(refusal) is { } kind) abuse.Refused(kind, context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (context.Response.HasStarted)
        {
            // A partial answer must not look complete.
            context.Abort();
            return Task.CompletedTask;
        }
        context.Response.Clear();
        // Unread body bytes would be taken for the next request.
        if (cause is BadHttpRequestException || refusal == Refusal.BodyTooLarge || refusal == Refusal.TooSlow) context.Response.Headers.Connection = "close";
        return AnswerWriter.WriteAsync(context, new Answer.Refused(refusal), refusal.Status == StatusCodes.Status503ServiceUnavailable ? RetryAfter : null);
    }

    private static AbuseKind? KindOf(Refusal refusal) =>
        refusal == Refusal.TooSlow ? AbuseKind.SlowBodies : refusal == Refusal.ForeignCallback ? AbuseKind.Callbacks : null;

    private static Refusal RefusalFor(Exception cause) => cause switch
    {
        RvpException malformed => malformed.Refusal,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Refusal.BodyTooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Refusal.TooSlow,
        BadHttpRequestException => Refusal.BadRequest("The request is no valid HTTP."),
        // Cancelled by us and not by the caller: the server is stopping.
        UnavailableException or OperationCanceledException => Refusal.Unavailable,
        _ => Refusal.InternalError,
    };

    private static partial class Log
    {
        [LoggerMessage(EventName = "RequestFailed", Level = LogLevel.Error, Message = "{Verb} {Path} failed")]
        public static partial void RequestFailed(ILogger logger, Exception cause, string verb, PathString path);

        [LoggerMessage(EventName = "NoSuchHost", Level = LogLevel.Debug, Message = "{Address} has asked for a name that no virtual server has")]
        public static partial void NoSuchHost(ILogger logger, IPAddress? address);

        [LoggerMessage(EventName = "RequestMalformed", Level = LogLevel.Information, Message = "{Status} for a malformed {Verb} from {Address}: {Detail}")]
        public static partial void RequestMalformed(ILogger logger, int status, string verb, IPAddress? address, string detail);
    }
}
