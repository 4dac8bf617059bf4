using System.Collections.Frozen;
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
/// are fewer (<see cref="Congestion"/>), and the last ones are for what is urgent (<see cref="RankedPlaces"/>). An IM domain may have a limit of its own
/// (<see cref="DomainPlaces"/>).
/// </summary>
internal sealed class RequestPlaces(LimitsOptions limits, Congestion congestion, AbuseLog abuse, VirtualServerTable servers,
    IReadOnlyDictionary<string, DomainSettings> domains)
{
    /// <summary>When a refused request may be tried again.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly AbuseLog abuse = abuse;
    private readonly SharedPool pool = new(limits.MaxOutstandingRequests, limits.MaxRequestsPerSender);
    private readonly SharedPool pages = new(limits.MaxOutstandingRequests, limits.MaxRequestsPerSender);
    private readonly RankedPlaces ranked = new();

    // Mostly empty.
    private readonly FrozenDictionary<string, DomainPlaces> limited = domains.Values.Where(domain => domain.Limits.MaxRequests is not null)
        .ToFrozenDictionary(domain => domain.Name, domain => new DomainPlaces(domain.Limits.MaxRequests!.Value, limits.MaxRequestsPerSender));

    /// <summary>Requests that have a place now.</summary>
    public int Taken => ranked.Taken;

    /// <summary>False if a request would get no place, whoever sends it: cheap to know before anything else is.</summary>
    public bool HasRoomFor(Urgency urgency, HttpRequest request) =>
        ranked.HasRoomFor(urgency, congestion.Allowed) && (FindLimited(request)?.HasRoomFor(urgency) ?? true);

    /// <summary>Takes a place until the result is disposed; null if there is none, which is counted.</summary>
    /// <param name="who">Against whose share it counts.</param>
    /// <param name="address">Where the request comes from.</param>
    /// <param name="urgency">How urgent it is.</param>
    /// <param name="domain">The IM domain of the virtual server that was asked.</param>
    public Place? TryTake(Sharer who, IPAddress address, Urgency urgency, string domain)
    {
        var place = new Place(this, who, address, urgency, limited.GetValueOrDefault(domain));
        return place.TryTake() ? place : null;
    }

    /// <summary>
    /// A place of an endpoint that does not know who asks: it counts by address. These are others than those of RVP, for nobody's messages depend on a page.
    /// Given back, as a feature of the request, when the answer is delayed.
    /// </summary>
    public async Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        using var seat = Seat.TryTake(pages, SenderAddress.SharerAt(address), FindLimited(context.Request)?.Pages);
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

    private DomainPlaces? FindLimited(HttpRequest request) =>
        limited.Count > 0 && servers.Find(HostHeader.Of(request)) is { } server ? limited.GetValueOrDefault(server.Domain) : null;

    private bool TryEnter(Sharer who, IPAddress address, Urgency urgency, DomainPlaces? domain)
    {
        if (!ranked.HasRoomFor(urgency, congestion.Allowed) || domain?.TryTake(urgency) == false) return false;
        if (!pool.TryTake(who))
        {
            domain?.GiveBack(urgency);
            abuse.Refused(AbuseKind.Requests, address);
            return false;
        }
        ranked.Take(urgency);
        return true;
    }

    private void GiveBack(Sharer who, Urgency urgency, DomainPlaces? domain)
    {
        ranked.GiveBack(urgency);
        domain?.GiveBack(urgency);
        pool.GiveBack(who);
    }

    /// <summary>A place of a request.</summary>
    internal sealed class Place(RequestPlaces places, Sharer who, IPAddress address, Urgency urgency, DomainPlaces? domain) : IDisposable
    {
        private bool isTaken;

        /// <summary>The request works, or goes on after a wait; false if it cannot.</summary>
        public bool TryTake()
        {
            if (!places.TryEnter(who, address, urgency, domain)) return false;
            Volatile.Write(ref isTaken, true);
            return true;
        }

        /// <summary>From now on it only waits.</summary>
        public void Leave()
        {
            if (Interlocked.Exchange(ref isTaken, false)) places.GiveBack(who, urgency, domain);
        }

        public void Dispose() => Leave();
    }
}
