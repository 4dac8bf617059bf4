using System.Net;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// The places of requests in progress, which count work and not waiting. A request takes one when it is known whose share it counts against, before its body
/// is read; if there is none, it is refused immediately, since a queue would only make everybody wait. [KB 318158] Where the processor does not keep up there
/// are fewer (<see cref="Congestion"/>), and the last ones are for what is urgent; but every kind of request has some of its own.
/// </summary>
internal sealed class RequestPlaces(LimitsOptions limits, Congestion congestion, AbuseLog abuse)
{
    /// <summary>When a refused request may be tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>Of the places, in eighths: how many may be taken when a request of this urgency takes one more.</summary>
    private static readonly int[] Eighths = [8, 6, 6, 4];

    private readonly AbuseLog abuse = abuse;
    private readonly SharedPool pool = new(limits.MaxOutstandingRequests, limits.MaxRequestsPerSender);
    private readonly SharedPool pages = new(limits.MaxOutstandingRequests, limits.MaxRequestsPerSender);
    private readonly int[] taken = new int[Eighths.Length];
    private int allTaken;

    /// <summary>Requests that have a place now.</summary>
    public int Taken => Volatile.Read(ref allTaken);

    /// <summary>False if a request would get no place, whoever sends it: cheap to know before anything else is.</summary>
    public bool HasRoomFor(Urgency urgency)
    {
        var allowed = congestion.Allowed;
        return Taken * 8L < (long)allowed * Eighths[(int)urgency] || Volatile.Read(ref taken[(int)urgency]) * 8L < allowed;
    }

    /// <summary>Takes a place until the result is disposed; null if there is none, which is counted.</summary>
    public Place? TryTake(Sharer who, IPAddress address, Urgency urgency)
    {
        var place = new Place(this, who, address, urgency);
        return place.TryTake() ? place : null;
    }

    /// <summary>
    /// A place of an endpoint that does not know who asks: it counts by address. These are others than those of RVP, for nobody's messages depend on a page.
    /// Given back, as a feature of the request, when the answer is delayed.
    /// </summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        using var seat = Seat.TryTake(pages, SenderAddress.SharerAt(address));
        if (seat is null)
        {
            abuse.Refused(AbuseKind.Requests, address);
            await RefuseAsync(context);
            return;
        }
        context.Features.Set(seat);
        await next(context);
    }

    /// <summary>Tells somebody to come back later.</summary>
    public static Task RefuseAsync(HttpContext context) => AnswerWriter.WriteAsync(context, new Answer.Refused(Refusal.Busy), RetryAfter);

    private bool TryEnter(Sharer who, IPAddress address, Urgency urgency)
    {
        if (!HasRoomFor(urgency)) return false;
        if (!pool.TryTake(who))
        {
            abuse.Refused(AbuseKind.Requests, address);
            return false;
        }
        Interlocked.Increment(ref taken[(int)urgency]);
        Interlocked.Increment(ref allTaken);
        return true;
    }

    private void GiveBack(Sharer who, Urgency urgency)
    {
        Interlocked.Decrement(ref allTaken);
        Interlocked.Decrement(ref taken[(int)urgency]);
        pool.GiveBack(who);
    }

    /// <summary>A place of a request.</summary>
    internal sealed class Place(RequestPlaces places, Sharer who, IPAddress address, Urgency urgency) : IDisposable
    {
        private bool isTaken;

        /// <summary>The request works, or goes on after a wait; false if it cannot.</summary>
        public bool TryTake()
        {
            if (!places.TryEnter(who, address, urgency)) return false;
            Volatile.Write(ref isTaken, true);
            return true;
        }

        /// <summary>From now on it only waits.</summary>
        public void Leave()
        {
            if (Interlocked.Exchange(ref isTaken, false)) places.GiveBack(who, urgency);
        }

        public void Dispose() => Leave();
    }
}

/// <summary>Marks endpoints that take their place themselves, when they know who asks.</summary>
internal sealed class TakesOwnPlace
{
    public static readonly TakesOwnPlace Instance = new();
}
