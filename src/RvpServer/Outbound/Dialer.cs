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
/// <param name="places">Limits the connections in progress; null: nothing does.</param>
/// <param name="called">Limits the connections to one address; null: nothing does.</param>
/// <param name="clock">Times connecting.</param>
internal sealed class Dialer(
    DomainResolver resolver, DialRule isAllowed, TimeProvider clock, Uri? proxy = null, DialPlaces? places = null, CalledAddresses? called = null)
{
    /// <summary>For all addresses of a host together. Decision: a live listener answers a SYN long before, including retransmissions.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may wait for its turn to be made, which is nobody's fault but ours: for DNS and for a place. Decision.</summary>
    public static readonly TimeSpan WaitTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// For <see cref="SocketsHttpHandler.ConnectCallback"/>; throws <see cref="SocketException"/>, with AccessDenied if the rule forbids all addresses. The
    /// request is told when its time begins.
    /// </summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop) =>
        ConnectAsync(context.DnsEndPoint, context.InitialRequestMessage.Content is OnceContent content ? content.Tried : null, stop);

    /// <summary>The same for any endpoint.</summary>
    /// <param name="target">The host and port.</param>
    /// <param name="dialing">Called when the first packet is about to leave: until then nobody but this server makes the caller wait.</param>
    /// <param name="stop">Ends it.</param>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, Action? dialing, CancellationToken stop)
    {
        var (host, port) = (target.Host, target.Port);
        var addresses = await resolver.AddressesForDialingAsync(host, stop);
        if (addresses.Count == 0) throw new SocketException((int)SocketError.HostNotFound);
        var isProxy = IsProxy(host, port);
        var allowed = isProxy ? addresses : [.. addresses.Where(address => isAllowed(host, address, port))];
        if (allowed.Count == 0) throw new SocketException((int)SocketError.AccessDenied);
        return await ConnectAsync(allowed, port, isProxy ? null : called, dialing, stop);
    }

    /// <summary>
    /// Whether the proxy may be asked for a host: all its addresses must be allowed, since the proxy chooses one. It looks the name up again, so it must itself
    /// refuse addresses inside the organisation.
    /// </summary>
    public bool MayReach(string host, IReadOnlyList<IPAddress> addresses, int port) =>
        addresses.Count == 0 ? isAllowed(host, null, port) : addresses.All(address => isAllowed(host, address, port));

    /// <summary>
    /// True for an error that says something of this server, its network or its rules, and nothing of the machine that was to be connected to: no packet went
    /// there.
    /// </summary>
    public static bool IsOurs(Exception error) => error.GetBaseException() is SocketException
    {
        SocketErrorCode: SocketError.AccessDenied or SocketError.TooManyOpenSockets or SocketError.HostNotFound or SocketError.TryAgain
            or SocketError.NoRecovery or SocketError.NoData or SocketError.AddressNotAvailable or SocketError.NetworkDown or SocketError.NetworkUnreachable
            or SocketError.NoBufferSpaceAvailable
    };

    private async ValueTask<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CalledAddresses? called, Action? dialing, CancellationToken stop)
    {
        // An address that drops packets must not use up the time of the others.
        var share = ConnectTime / addresses.Count;
        for (var i = 0; ; i++)
        {
            var isLast = i + 1 == addresses.Count;
            if (called?.TryOpen(addresses[i]) == false)
            {
                if (isLast) throw new SocketException((int)SocketError.TooManyOpenSockets);
                continue;
            }
            try
            {
                var socket = await DialAsync(new IPEndPoint(addresses[i], port), share, dialing, stop);
                return called?.Count(socket, addresses[i]) ?? new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                called?.Close(addresses[i]);
                if (stop.IsCancellationRequested || isLast) throw;
            }
        }
    }

    private async ValueTask<Socket> DialAsync(IPEndPoint target, TimeSpan time, Action? dialing, CancellationToken stop)
    {
        var place = places is null ? default : await places.EnterAsync(target, stop);
        var isConnected = false;
        var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            dialing?.Invoke();
            using var patience = new CancellationTokenSource(time, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
            await socket.ConnectAsync(target, either.Token);
            isConnected = true;
            return socket;
        }
        finally
        {
            if (!isConnected) socket.Dispose();
            if (places is not null) place.Leave(isConnected);
        }
    }

    private bool IsProxy(string host, int port) => proxy is not null && port == proxy.Port && host.Equals(proxy.IdnHost, StringComparison.OrdinalIgnoreCase);
}
