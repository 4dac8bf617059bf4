using System.Net;
using RvpServer.Collections;
using RvpServer.Network;

namespace RvpServer.Outbound;

/// <summary>
/// Limits the connections in progress, since those to dead hosts take seconds each, such that dead hosts hold up only each other: an endpoint that could be
/// connected to when it was last tried has places of its own, more than die at once; of all others those at one address share a part of the places.
/// </summary>
/// <param name="forLiving">For endpoints that could be connected to.</param>
/// <param name="forOthers">For those that could not, or are new.</param>
internal sealed class DialPlaces(int forLiving, int forOthers) : IDisposable
{
    // Losing one for lack of room is harmless: it is like a new one.
    private const int MaxRemembered = 50_000;

    private readonly Lock gate = new();
    private readonly LruMap<IPEndPoint, bool> living = new(MaxRemembered);
    private readonly Dictionary<IPAddress, AddressPlaces> addresses = [];
    private readonly SemaphoreSlim livingPlaces = new(forLiving);
    private readonly SemaphoreSlim otherPlaces = new(forOthers);

    /// <summary>For one address, or the /64 of an IPv6 address.</summary>
    public int ForOneAddress { get; } = Math.Max(1, forOthers / 2);

    /// <summary>Waits for a place; <see cref="Place.Leave"/> must follow.</summary>
    public async ValueTask<Place> EnterAsync(IPEndPoint target, CancellationToken stop)
    {
        AddressPlaces? shared = null;
        var address = SenderAddress.Of(target.Address);
        lock (gate)
        {
            if (!living.TryGet(target, out _))
            {
                if (!addresses.TryGetValue(address, out shared)) addresses[address] = shared = new AddressPlaces(new SemaphoreSlim(ForOneAddress));
                shared.Users++;
            }
        }
        var hasShare = false;
        try
        {
            if (shared is not null) await shared.Places.WaitAsync(stop);
            hasShare = true;
            await (shared is null ? livingPlaces : otherPlaces).WaitAsync(stop);
            return new Place(this, target, shared);
        }
        catch (OperationCanceledException)
        {
            if (shared is not null) Leave(address, shared, hasShare);
            throw;
        }
    }

    public void Dispose()
    {
        livingPlaces.Dispose();
        otherPlaces.Dispose();
    }

    private void Leave(IPEndPoint target, AddressPlaces? shared, bool isConnected)
    {
        lock (gate)
        {
            if (isConnected) living.Set(target, true);
            else living.Remove(target);
        }
        (shared is null ? livingPlaces : otherPlaces).Release();
        if (shared is not null) Leave(SenderAddress.Of(target.Address), shared, hasShare: true);
    }

    private void Leave(IPAddress address, AddressPlaces shared, bool hasShare)
    {
        if (hasShare) shared.Places.Release();
        lock (gate)
        {
            if (--shared.Users == 0) addresses.Remove(address);
        }
    }

    /// <summary>A place of one connection in progress.</summary>
    internal readonly struct Place(DialPlaces places, IPEndPoint target, object? shared)
    {
        /// <summary>Gives the place back.</summary>
        /// <param name="isConnected">True if there is a connection now.</param>
        public void Leave(bool isConnected) => places.Leave(target, (AddressPlaces?)shared, isConnected);
    }

    private sealed record AddressPlaces(SemaphoreSlim Places)
    {
        public int Users { get; set; }
    }
}
