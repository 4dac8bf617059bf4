using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Configuration;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Http;

/// <summary>
/// Whose the connections are: an address's and its network's, until a request on it proves who sends; then they are that principal's. If an address has more
/// than its share, its network's oldest connection of strangers is closed for the new one, so that who comes last can still prove who he is. Front proxies
/// have no share: their connections are everybody's.
/// </summary>
internal sealed class ConnectionShares(RvpSettings settings, AbuseLog abuse)
{
    /// <summary>How many connections of the network are looked through for one of the same address.</summary>
    private const int MaxLookedAt = 64;

    private static readonly object Key = new();

    private readonly Lock gate = new();
    private readonly SharedPool pool = new(settings.Limits.MaxConnections, settings.Limits.MaxConnectionsPerSender);
    private readonly Dictionary<object, LinkedList<Seat>> strangers = [];

    /// <summary>Serves a connection, unless its sender has too many.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var remote } || settings.Proxies.Cover(remote))
        {
            await next(connection);
            return;
        }
        var seat = new Seat(connection, SenderAddress.SharerAt(remote));
        var (isSeated, removed) = TrySit(seat);
        if (removed is not null || !isSeated) abuse.Refused(AbuseKind.Connections, remote);
        removed?.Abort(new ConnectionAbortedException("A newer connection of the same sender takes its place."));
        if (!isSeated)
        {
            connection.Abort();
            return;
        }
        connection.Items[Key] = seat;
        try
        {
            await next(connection);
        }
        finally
        {
            lock (gate) Leave(seat);
        }
    }

    /// <summary>True if an earlier request on this connection has proven who sends.</summary>
    public static bool IsProven(HttpContext context) => SeatOf(context) is { Place: null, IsTaken: true };

    /// <summary>A request on this connection has proven who sends.</summary>
    public void Prove(HttpContext context, RvpUrl principal)
    {
        if (SeatOf(context) is not { } seat) return;
        if (principal.Equals(seat.Sharer.Key)) return;
        lock (gate)
        {
            var owner = new Sharer(principal);
            if (!seat.IsTaken || !pool.TryMove(seat.Sharer, owner)) return;
            Forget(seat);
            seat.Sharer = owner;
        }
    }

    private static Seat? SeatOf(HttpContext context) =>
        context.Features.Get<IConnectionItemsFeature>()?.Items is { } items && items.TryGetValue(Key, out var seat) ? seat as Seat : null;

    private (bool IsSeated, ConnectionContext? Removed) TrySit(Seat seat)
    {
        lock (gate)
        {
            ConnectionContext? removed = null;
            if (!pool.TryTake(seat.Sharer))
            {
                if (OldestLike(seat) is not { } oldest) return (false, null);
                Leave(oldest);
                removed = oldest.Connection;
                if (!pool.TryTake(seat.Sharer)) return (false, removed);
            }
            seat.IsTaken = true;
            var group = seat.Sharer.Group!;
            if (!strangers.TryGetValue(group, out var all)) strangers[group] = all = new LinkedList<Seat>();
            seat.Place = all.AddLast(seat);
            return (true, removed);
        }
    }

    // The network's oldest one, if possible one of the same address.
    private Seat? OldestLike(Seat seat)
    {
        if (!strangers.TryGetValue(seat.Sharer.Group!, out var all)) return null;
        return all.Take(MaxLookedAt).FirstOrDefault(other => other.Sharer.Key.Equals(seat.Sharer.Key)) ?? all.First?.Value;
    }

    private void Leave(Seat seat)
    {
        if (!seat.IsTaken) return;
        seat.IsTaken = false;
        pool.GiveBack(seat.Sharer);
        Forget(seat);
    }

    private void Forget(Seat seat)
    {
        if (seat.Place is not { } place) return;
        var all = place.List!;
        all.Remove(place);
        seat.Place = null;
        if (all.Count == 0) strangers.Remove(seat.Sharer.Group!);
    }

    private sealed class Seat(ConnectionContext connection, Sharer sharer)
    {
        public ConnectionContext Connection { get; } = connection;

        public Sharer Sharer { get; set; } = sharer;

        public bool IsTaken { get; set; }

        /// <summary>Among the strangers of its network; null once it is somebody's.</summary>
        public LinkedListNode<Seat>? Place { get; set; }
    }
}
