using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RvpServer.Dns;

namespace RvpServer.Federation;

/// <summary>
/// Connects to other servers: looks the host up itself and judges each address right before it connects to that very address, so that no DNS
/// can change its mind in between.
/// </summary>
/// <param name="resolver">Finds addresses.</param>
/// <param name="listening">Where this server listens; known only once it runs.</param>
/// <param name="trusted">Ranges that may be called whatever they are.</param>
/// <param name="outboundProxy">The proxy on the way, which is always allowed; what is behind it the proxy connects to.</param>
/// <param name="time">Ages what is known of the machine's own addresses.</param>
internal sealed class PeerDialer(DomainResolver resolver, Func<IReadOnlyList<IPEndPoint>> listening, IReadOnlyList<IPNetwork> trusted, Uri? outboundProxy, TimeProvider time)
{
    /// <summary>All addresses of a host together. Decision: as for callbacks.</summary>
    public static readonly TimeSpan ConnectTime = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan GuardAge = TimeSpan.FromMinutes(1);

    private (PeerGuard Guard, long MadeAt)? known;

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>; throws <see cref="SocketException"/>, with AccessDenied where the guard forbids all.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await resolver.AddressesForDialingAsync(host, stop);
        if (addresses.Count == 0) throw new SocketException((int)SocketError.HostNotFound);
        var allowed = IsProxy(host, port) ? addresses : addresses.Where(address => Admits(address, port)).ToArray();
        if (allowed.Count == 0) throw new SocketException((int)SocketError.AccessDenied);
        return await ConnectAsync(allowed, port, stop);
    }

    /// <summary>Whether an address may be called.</summary>
    public bool Admits(IPAddress address, int port) => Guard().Judge(address, port) == PeerVerdict.Allowed;

    private static async ValueTask<Stream> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken stop)
    {
        // One that swallows packets must not use up the time of the others.
        var share = ConnectTime / addresses.Count;
        for (var i = 0; ; i++)
        {
            var socket = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
                patience.CancelAfter(share);
                await socket.ConnectAsync(addresses[i], port, patience.Token);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                socket.Dispose();
                if (stop.IsCancellationRequested || i + 1 == addresses.Count) throw;
            }
        }
    }

    private bool IsProxy(string host, int port) =>
        outboundProxy is not null && port == outboundProxy.Port && host.Equals(outboundProxy.IdnHost, StringComparison.OrdinalIgnoreCase);

    private PeerGuard Guard()
    {
        if (known is { } recent && time.GetElapsedTime(recent.MadeAt) < GuardAge) return recent.Guard;
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address);
        // Without the scope of an IPv6 address, which DNS does not give.
        var guard = new PeerGuard(listening(), [.. own.Select(address => new IPAddress(address.GetAddressBytes()))], trusted);
        known = (guard, time.GetTimestamp());
        return guard;
    }
}
