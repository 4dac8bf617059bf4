using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// The places of requests in progress. A request takes one when it is known whose share it counts against, before its body is read; if there is none, it is
/// refused immediately, since a queue would only make everybody wait. [KB 318158]
/// </summary>
internal sealed class RequestPlaces(LimitsOptions limits, AbuseLog abuse)
{
    /// <summary>When a refused request may be tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly SharedPool pool = new(limits.MaxOutstandingRequests, limits.MaxRequestsPerSender);

    /// <summary>Requests that have a place now.</summary>
    public long Taken => pool.Taken;

    /// <summary>Takes a place until the result is disposed; null if there is none, which is counted.</summary>
    public Place? TryTake(Sharer who, IPAddress address)
    {
        if (pool.TryTake(who)) return new Place(pool, who);
        abuse.Refused(AbuseKind.Requests, address);
        return null;
    }

    /// <summary>A place of an endpoint that does not know who asks: it counts by address.</summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        using var place = TryTake(SenderAddress.SharerAt(address), address);
        if (place is null)
        {
            await AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.Busy), RetryAfter);
            return;
        }
        context.Features.Set(place);
        await next(context);
    }

    /// <summary>A place; as a feature of a request, it is given back when the answer is delayed.</summary>
    internal sealed class Place(SharedPool pool, Sharer who) : IDisposable
    {
        private bool isGivenBack;

        public void Dispose()
        {
            if (!Interlocked.Exchange(ref isGivenBack, true)) pool.GiveBack(who);
        }
    }
}

/// <summary>Marks endpoints that take their place themselves, when they know who asks.</summary>
internal sealed class TakesOwnPlace
{
    public static readonly TakesOwnPlace Instance = new();
}
