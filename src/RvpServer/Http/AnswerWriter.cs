using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Http;

/// <summary>Writes answers that old clients can read: the reason phrases of Exchange, always a Content-Length, never chunks. [client]</summary>
internal static class AnswerWriter
{
    private const string PlainText = "text/plain; charset=utf-8";
    private static readonly SearchValues<char> VersionLetters = SearchValues.Create("0123456789.");

    /// <summary>Writes an answer whose deliveries, if it waits for any, are already known.</summary>
    /// <param name="context">The request; its response has not started.</param>
    /// <param name="answer">Done or Refused.</param>
    /// <param name="retryAfter">When trying again may help; whole seconds.</param>
    public static Task WriteAsync(HttpContext context, Answer answer, TimeSpan? retryAfter = null)
    {
        var headers = context.Response.Headers;
        if (retryAfter is { } wait) headers.RetryAfter = Seconds(wait);
        switch (answer)
        {
            case Answer.Done done:
                if (done.SubscriptionId is { } id) headers[RvpHeaders.SubscriptionId] = id.ToString(CultureInfo.InvariantCulture);
                if (done.Lifetime is { } lifetime) headers[RvpHeaders.SubscriptionLifetime] = Seconds(lifetime);
                if (done.Cursor is { } cursor) headers[RvpHeaders.PollCursor] = cursor.ToString(CultureInfo.InvariantCulture);
                if (done.IsDelivered is { } isDelivered) headers[RvpHeaders.Delivered] = isDelivered ? RvpHeaders.DeliveredNow : RvpHeaders.DeliveredLater;
                return WriteAsync(context, done.Status, ReasonOf(done.Status), done.Body, RvpHeaders.Xml);
            case Answer.Refused { Refusal: var refusal, IsForLackOfRoom: var isFull }:
                if (isFull) headers[RvpHeaders.Delivered] = RvpHeaders.DeliveredFull;
                return WriteAsync(context, refusal.Status, refusal.Reason, Encoding.UTF8.GetBytes(refusal.Line + "\n"), PlainText);
            default:
                throw new ArgumentException($"{answer.GetType().Name} is no answer yet.", nameof(answer));
        }
    }

    /// <summary>Writes any other answer, such as a referral whose Location is already set.</summary>
    public static Task WriteAsync(HttpContext context, int status, string reason, ReadOnlyMemory<byte> body = default, string? contentType = null)
    {
        var response = context.Response;
        response.StatusCode = status;
        context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = reason;
        response.Headers[RvpHeaders.Version] = VersionFor(context.Request);
        response.ContentLength = body.Length;
        if (body.IsEmpty) return Task.CompletedTask;
        response.ContentType = contentType;
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    // The phrases of Exchange, which clients compare and show. [spec]
    private static string ReasonOf(int status) => status switch
    {
        200 => "Successful",
        207 => "Multi-Status",
        _ => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
    };

    /// <summary>The request's own version, so that clients of 0.2 and 1.0 both get their own; never free text from a stranger.</summary>
    private static string VersionFor(HttpRequest request)
    {
        var asked = request.Headers[RvpHeaders.Version].ToString();
        var isVersion = asked.Length is > 0 and <= 8 && char.IsAsciiDigit(asked[0]) && !asked.AsSpan().ContainsAnyExcept(VersionLetters);
        return isVersion ? asked : RvpHeaders.DefaultVersion;
    }

    private static string Seconds(TimeSpan time) => ((long)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
}
