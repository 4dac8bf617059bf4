using System.Net;
using System.Net.Sockets;
using RvpServer.Collections;
using RvpServer.Network;

namespace RvpServer.Outbound;

/// <summary>
/// Limits the connections to one address, by whatever names it is called: a stranger's zone may have any number of names that all lead to somebody else. A
/// server that is meant keeps its connections, so it needs few new ones.
/// </summary>
internal sealed class CalledAddresses(TimeProvider clock)
{
    /// <summary>Open at a time. Decision: a provider's hundred domains, with some connections each.</summary>
    public const int MaxOpen = 256;

    /// <summary>New ones at once; then one each sixteenth of a second. Decision: as many as one host may have.</summary>
    public const int Burst = 64;

    private const int MaxRemembered = 20_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1.0 / 16);

    private readonly Lock gate = new();
    private readonly Dictionary<IPAddress, int> open = [];
    private readonly TokenBuckets<IPAddress> started = new(Burst, Interval, MaxRemembered);

    /// <summary>True if an address may be connected to now; then <see cref="Close"/> must follow.</summary>
    public bool TryOpen(IPAddress address)
    {
        var called = SenderAddress.Of(address);
        lock (gate)
        {
            var count = open.GetValueOrDefault(called);
            if (count >= MaxOpen || !started.TryTake(called, clock.GetUtcNow())) return false;
            open[called] = count + 1;
            return true;
        }
    }

    /// <summary>A connection has ended, or did not come about.</summary>
    public void Close(IPAddress address)
    {
        var called = SenderAddress.Of(address);
        lock (gate)
        {
            if (--open[called] == 0) open.Remove(called);
        }
    }

    /// <summary>The connection, which counts until it is disposed.</summary>
    public Stream Count(Socket socket, IPAddress address) => new CountedStream(socket, () => Close(address));

    private sealed class CountedStream(Socket socket, Action ended) : NetworkStream(socket, ownsSocket: true)
    {
        private bool isEnded;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (!Interlocked.Exchange(ref isEnded, true)) ended();
        }
    }
}
