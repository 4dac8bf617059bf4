using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using RvpServer.Network;

namespace RvpServer.Delivery;

/// <summary>
/// Where this server may be made to connect to. Callbacks come from strangers, so the rules hold for the address really connected to:
/// <list type="number">
/// <item>never: no host at all (0.0.0.0), many hosts (multicast, broadcast), link-local (cloud metadata live there), a low port, or this server itself;</item>
/// <item>a configured range: always;</item>
/// <item>loopback: for callers on loopback;</item>
/// <item>else: the caller's own address and no other.</item>
/// </list>
/// An IPv4 address wrapped in IPv6 is that IPv4 address.
/// </summary>
/// <param name="minPort">Lowest port allowed.</param>
/// <param name="configured">Ranges that callbacks may point into, whoever asks (CallbackAddresses in the configuration).</param>
/// <param name="listening">Where this process listens; asked at every decision, since it is known only after the start.</param>
/// <param name="clock">Ages what is known of the machine's addresses.</param>
internal sealed class CallbackAddresses(int minPort, IReadOnlyList<IPNetwork> configured, Func<IReadOnlyList<IPEndPoint>> listening, TimeProvider clock)
{
    private static readonly TimeSpan ownAddressesAge = TimeSpan.FromMinutes(1);

    private static readonly IPNetwork[] never =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork[] inside =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("fec0::/10"),
    ];

    private sealed record OwnAddresses(HashSet<IPAddress> Set, long ReadAt);

    private OwnAddresses? own;

    public bool IsPortAllowed(int port) => port >= minPort;

    /// <summary>May this caller name this address as its callback, or have it called?</summary>
    public bool Admits(IPAddress address, int port, IPAddress caller)
    {
        address = PlainAddresses.Of(address);
        if (IsNever(address, port)) return false;
        if (IsConfigured(address)) return true;
        caller = PlainAddresses.Of(caller);
        return IPAddress.IsLoopback(address) ? IPAddress.IsLoopback(caller) : address.Equals(caller);
    }

    /// <summary>The rules that need no caller: for an address that was judged with its caller before.</summary>
    public bool AdmitsJudged(IPAddress address, int port) => !IsNever(PlainAddresses.Of(address), port);

    /// <summary>The rules where the caller is not known any more: nothing inside, unless configured.</summary>
    public bool AdmitsFromNobody(IPAddress address, int port)
    {
        address = PlainAddresses.Of(address);
        if (IsNever(address, port)) return false;
        return IsConfigured(address) || (!IPAddress.IsLoopback(address) && !Array.Exists(inside, range => range.Contains(address)));
    }

    private bool IsConfigured(IPAddress address)
    {
        foreach (var range in configured)
        {
            if (range.Contains(address)) return true;
        }
        return false;
    }

    private bool IsNever(IPAddress address, int port) =>
        !IsPortAllowed(port) || Array.Exists(never, range => range.Contains(address)) || IsThisServer(address, port);

    private bool IsThisServer(IPAddress address, int port)
    {
        foreach (var endpoint in listening())
        {
            if (endpoint.Port != port) continue;
            var listener = PlainAddresses.Of(endpoint.Address);
            if (listener.Equals(address)) return true;
            var isWildcard = listener.Equals(IPAddress.Any) || listener.Equals(IPAddress.IPv6Any);
            if (isWildcard && (IPAddress.IsLoopback(address) || OwnNow().Contains(address))) return true;
        }
        return false;
    }

    private HashSet<IPAddress> OwnNow()
    {
        if (own is { } known && clock.GetElapsedTime(known.ReadAt) < ownAddressesAge) return known.Set;
        HashSet<IPAddress> read = [];
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
        {
            foreach (var address in card.GetIPProperties().UnicastAddresses)
                read.Add(address.Address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.Address.GetAddressBytes()) : address.Address);
        }
        own = new OwnAddresses(read, clock.GetTimestamp());
        return read;
    }
}
