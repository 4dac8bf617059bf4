using System.Net;
using System.Net.Sockets;

namespace RvpServer.Delivery;

/// <summary>
/// Connects to callbacks, and judges the address really connected to. What it can know depends on how the callback names its host:
/// <list type="bullet">
/// <item>an address: <see cref="CallbackGuard"/> judged that very address with its caller, so only the rules that need no caller are left;</item>
/// <item>a name: it is resolved anew, and each address is judged for the caller that the guard has remembered with the name;</item>
/// <item>a name that nobody remembers: nothing inside this network, unless configured.</item>
/// </list>
/// Behind an outbound proxy the proxy makes the connection, and the guard's judgement is the only one.
/// </summary>
/// <param name="addresses">The rules.</param>
/// <param name="names">Host names.</param>
/// <param name="outboundProxy">The proxy, which is always allowed.</param>
/// <param name="maxConnects">How many connections may be in the making at once: those to dead hosts take seconds each.</param>
internal sealed class CallbackDialer(CallbackAddresses addresses, CallbackNames names, Uri? outboundProxy = null, int maxConnects = 512) : IDisposable
{
    private readonly SemaphoreSlim connects = new(maxConnects);

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop) => ConnectAsync(context.DnsEndPoint, stop);

    /// <summary>Connects, or throws <see cref="SocketException"/>: with AccessDenied where the rules forbid it.</summary>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint target, CancellationToken stop)
    {
        var allowed = await AllowedAddressesAsync(target.Host, target.Port, stop);
        if (allowed.Length == 0) throw new SocketException((int)SocketError.AccessDenied);
        await connects.WaitAsync(stop);
        try
        {
            var socket = NewSocket(allowed);
            try
            {
                await socket.ConnectAsync(allowed, target.Port, stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        finally
        {
            connects.Release();
        }
    }

    public void Dispose() => connects.Dispose();

    private async ValueTask<IPAddress[]> AllowedAddressesAsync(string host, int port, CancellationToken stop)
    {
        var isProxy = outboundProxy is not null && port == outboundProxy.Port && host.Equals(outboundProxy.IdnHost, StringComparison.OrdinalIgnoreCase);
        if (IPAddress.TryParse(host, out var literal)) return isProxy || addresses.AdmitsJudged(literal, port) ? [literal] : [];

        var found = await names.FindAsync(host, stop);
        if (isProxy) return found;
        return names.FindCaller(host) is { } caller
            ? Array.FindAll(found, address => addresses.Admits(address, port, caller))
            : Array.FindAll(found, address => addresses.AdmitsFromNobody(address, port));
    }

    private static Socket NewSocket(IPAddress[] targets)
    {
        // A dual-mode socket only where families are mixed: an IPv4 one costs less and works without IPv6.
        var family = targets[0].AddressFamily;
        return Array.TrueForAll(targets, target => target.AddressFamily == family)
            ? new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }
}
