using System.Net;
using System.Net.Sockets;
using RvpServer.Dns;

namespace RvpServer.Outbound;

/// <summary>Whether an address of a host may be connected to.</summary>
/// <param name="host">The name that was looked up, or the address itself.</param>
/// <param name="address">The address that would be connected to; null for a name that only the organisation's proxy can look up.</param>
/// <param name="port">The port.</param>
internal delegate bool DialRule(string host, IPAddress? address, int port);

/// <summary>
/// Connects to other machines: looks the host up itself and checks each address directly before connecting to that address, so that no DNS change can come in
/// between. The organisation's own proxy is always allowed; the proxy itself connects to the target.
/// </summary>
/// <param name="resolver">Finds addresses.</param>
/// <param name="isAllowed">The rule.</param>
/// <param name="proxy">The proxy on the way; null for none.</param>
/// <param name="maxConnects">How many connections may be in progress at a time: those to dead hosts take seconds each.</param>
/// <param name="called">Limits the connections to one address; null: nothing does.</param>
internal sealed class Dialer(
    DomainResolver resolver, DialRule isAllowed, Uri? proxy = null, int maxConnects = int.MaxValue, CalledAddresses? called = null) : IDisposable
{
    /// <summary>For all addresses of a host together. Decision: a live listener answers a SYN long before, including retransmissions.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim connects = new(maxConnects);

    /// <summary>
    /// For <see cref="SocketsHttpHandler.ConnectCallback"/>; throws <see cref="SocketException"/>, with AccessDenied if the rule forbids all addresses.
    /// </summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop) => ConnectAsync(context.DnsEndPoint, stop);

    /// <summary>The same for any endpoint.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken stop)
    {
        var (host, port) = (target.Host, target.Port);
        var addresses = await resolver.AddressesForDialingAsync(host, stop);
        if (addresses.Count == 0) throw new SocketException((int)SocketError.HostNotFound);
        var isProxy = IsProxy(host, port);
        var allowed = isProxy ? addresses : [.. addresses.Where(address => isAllowed(host, address, port))];
        if (allowed.Count == 0) throw new SocketException((int)SocketError.AccessDenied);
        await connects.WaitAsync(stop);
        try
        {
            return await ConnectAsync(allowed, port, isProxy ? null : called, stop);
        }
        finally
        {
            connects.Release();
        }
    }

    /// <summary>
    /// Whether the proxy may be asked for a host: all its addresses must be allowed, since the proxy chooses one. It looks the name up again, so it must itself
    /// refuse addresses inside the organisation.
    /// </summary>
    public bool MayReach(string host, IReadOnlyList<IPAddress> addresses, int port) =>
        addresses.Count == 0 ? isAllowed(host, null, port) : addresses.All(address => isAllowed(host, address, port));

    public void Dispose() => connects.Dispose();

    private static async ValueTask<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CalledAddresses? called, CancellationToken stop)
    {
        // An address that drops packets must not use up the time of the others.
        var share = ConnectTime / addresses.Count;
        for (var i = 0; ; i++)
        {
            if (called?.TryOpen(addresses[i]) == false)
            {
                if (i + 1 == addresses.Count) throw new SocketException((int)SocketError.TooManyOpenSockets);
                continue;
            }
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                patience.CancelAfter(share);
                await socket.ConnectAsync(addresses[i], port, patience.Token);
                return called?.Count(socket, addresses[i]) ?? new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
                called?.Close(addresses[i]);
                if (stop.IsCancellationRequested || i + 1 == addresses.Count) throw;
            }
        }
    }

    private bool IsProxy(string host, int port) => proxy is not null && port == proxy.Port && host.Equals(proxy.IdnHost, StringComparison.OrdinalIgnoreCase);
}
