using System.Globalization;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Configuration;
using RvpServer.Outbound;

namespace RvpServer.Delivery;

/// <summary>Delivers notifications to clients' own listeners. Clients answer with a status line and headers only. [client]</summary>
internal sealed class CallbackCarrier(DeliveryOptions options, [FromKeyedServices(OutboundRegistration.Callbacks)] OutboundHttp http, DeadCallbacks dead,
    RefusedWatches refused) : ICarrier<Uri>
{
    private static readonly HttpMethod Notify = new(RvpVerbs.Notify);

    /// <inheritdoc/>
    public RetrySchedule Schedule { get; } = RetrySchedule.ForCallbacks(options.Attempts);

    /// <inheritdoc/>
    public async Task<Attempt> TryAsync(Uri callback, Notification notification, TimeSpan elapsed, CancellationToken stop)
    {
        var request = new OutboundRequest(Notify, AsWritten(callback), notification.From, notification.Body)
        {
            Headers =
            [
                new(RvpHeaders.HopCount, notification.HopCount.ToString(CultureInfo.InvariantCulture)),
                new(RvpHeaders.SubscriptionId, notification.SubscriptionId.ToString(CultureInfo.InvariantCulture)),
                new(RvpHeaders.AckType, nameof(AckType.DeepOr)),
            ],
        };
        var sending = await http.SendAsync(
            request, Schedule.ConnectTimeAt(elapsed), options.CallbackTimeout, static (response, _) => ValueTask.FromResult((int)response.StatusCode), stop);
        if (sending.Outcome == SendOutcome.Answered) refused.Answered(notification, sending.Answer);
        var attempt = sending.Outcome switch
        {
            SendOutcome.Answered => Attempt.Answered(sending.Answer),
            SendOutcome.NoAnswer => Attempt.Unanswered(sending.Error?.Message),
            SendOutcome.NotTried => Attempt.NotTried(sending.Error?.Message),
            _ => Attempt.Again(sending.Error?.Message),
        };
        return attempt with { Waited = sending.Waited };
    }

    /// <inheritdoc/>
    public async Task<Attempt> KnockAsync(Uri callback, CancellationToken stop) => await http.KnockAsync(callback, stop) switch
    {
        SendOutcome.NotTried => Attempt.NotTried(null),
        SendOutcome.NotReached => Attempt.Again(null),
        _ => Attempt.Unanswered(null),
    };

    /// <inheritdoc/>
    public void GiveUp(Uri callback, Notification unsent) => dead.Report((Callback.Direct)unsent.Callback, unsent.Node);

    private static Uri AsWritten(Uri callback)
    {
        var path = callback.PathAndQuery;
        if (path == "/" || callback.OriginalString.EndsWith(path, StringComparison.Ordinal)) return callback;
        // The original text, since Uri has already unescaped and shortened the path.
        return OutboundRequest.AsWritten(callback.OriginalString, callback.OriginalString) is { PathAndQuery: ['/', ..] } raw ? raw : callback;
    }
}
