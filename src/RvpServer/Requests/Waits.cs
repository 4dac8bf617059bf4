using System.Net;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Requests;

/// <summary>What a request waits for that is no work of this server.</summary>
internal enum Awaited
{
    /// <summary>The directory's answer about a name.</summary>
    Directory,

    /// <summary>DNS.</summary>
    Names,

    /// <summary>The rest of its body.</summary>
    Body,

    /// <summary>Another server's answer.</summary>
    Server,

    /// <summary>That the recipient's client, or server, has a message.</summary>
    Delivery,
}

/// <summary>
/// Where requests wait. Places count work, so whoever waits for something else leaves its place and sits here: what hangs takes nothing from those who have
/// nothing to do with it. Each kind has its own seats, and nobody, nor any one server that is waited for, may have all: <see cref="SharedPool"/>.
/// </summary>
internal sealed class Waits(NodeLocator locator, LimitsOptions limits, AbuseLog abuse)
{
    /// <summary>Seats for what should come soon. Decision: four for each request in progress by default; one address has half of them at most.</summary>
    private const int MaxShort = 4096;

    private readonly SharedPool[] seats =
    [
        new(MaxShort),
        new(MaxShort, limits.MaxRequestsPerSender),
        new(MaxShort, limits.MaxRequestsPerSender),
        // Each has a connection of its own, and those are bounded. Of one server, who asks may be thousands behind one address.
        new(limits.MaxConnections, MaxShort),
        new(limits.MaxConnections, limits.MaxRequestsPerSender),
    ];

    /// <summary>Requests that wait now.</summary>
    public long Taken(Awaited what) => seats[(int)what].Taken;

    /// <summary>Looks a node up for a caller who is not known yet; throws <see cref="RvpException"/> (503) if too many wait already.</summary>
    public ValueTask<NodeEntry> LocateAsync(RvpUrl url, Account? known, IPAddress address, CancellationToken stop)
    {
        var found = locator.LocateAsync(url, known, stop);
        return found.IsCompletedSuccessfully ? found : WaitAsync(found, Awaited.Directory, SenderAddress.SharerAt(address), address);
    }

    /// <summary>Looks another node up for a request.</summary>
    public ValueTask<NodeEntry> LocateAsync(RvpContext context, RvpUrl url, Account? known = null) =>
        ForAsync(context, Awaited.Directory, locator.LocateAsync(url, known, context.Stop));

    /// <summary>
    /// Waits for an answer, without the request's place where it takes time; afterwards the request has a place again. Throws <see cref="RvpException"/> (503)
    /// where there is no seat, or no place any more.
    /// </summary>
    public ValueTask<T> ForAsync<T>(RvpContext context, Awaited what, ValueTask<T> answer) =>
        answer.IsCompletedSuccessfully ? answer : LeaveAsync(context, what, answer);

    /// <summary>
    /// Takes a seat before something begins that cannot be taken back, and keeps it until the result is disposed. Throws <see cref="RvpException"/> (503).
    /// </summary>
    /// <param name="context">Who waits.</param>
    /// <param name="what">For what.</param>
    /// <param name="where">The server that is to answer, of which nobody else should depend.</param>
    public Seat Sit(RvpContext context, Awaited what, object? where = null) =>
        Sit(what, where is null ? context.Sharer : new Sharer(context.Sharer.Key, where), context.Address);

    private async ValueTask<T> LeaveAsync<T>(RvpContext context, Awaited what, ValueTask<T> answer)
    {
        context.Place?.Leave();
        var result = await WaitAsync(answer, what, context.Sharer, context.Address);
        if (context.Place?.TryTake() == false) throw new RvpException(Refusal.Busy);
        return result;
    }

    private async ValueTask<T> WaitAsync<T>(ValueTask<T> answer, Awaited what, Sharer who, IPAddress address)
    {
        var coming = answer.AsTask();
        Seat seat;
        try
        {
            seat = Sit(what, who, address);
        }
        catch (RvpException)
        {
            // A look-up fills its cache all the same; if it fails, nobody asks.
            _ = coming.ContinueWith(static over => over.Exception, TaskScheduler.Default);
            throw;
        }
        using (seat) return await coming;
    }

    /// <summary>The same for what is not read as a request to a node.</summary>
    public Seat Sit(Awaited what, Sharer who, IPAddress address)
    {
        if (Seat.TryTake(seats[(int)what], who) is { } seat) return seat;
        abuse.Refused(what is Awaited.Directory or Awaited.Names ? AbuseKind.Lookups : AbuseKind.Requests, address);
        throw new RvpException(Refusal.Busy);
    }
}
