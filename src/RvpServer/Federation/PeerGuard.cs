using System.Net;
using System.Net.Sockets;
using RvpServer.Network;

namespace RvpServer.Federation;

/// <summary>What <see cref="PeerGuard"/> thinks of an address.</summary>
internal enum PeerVerdict
{
    /// <summary>May be called.</summary>
    Allowed,

    /// <summary>We listen there ourselves: the call would come back to us.</summary>
    OwnEndpoint,

    /// <summary>This machine.</summary>
    Loopback,

    /// <summary>Only the neighbours on the wire, cloud metadata services among them.</summary>
    LinkLocal,

    /// <summary>Many, or everybody.</summary>
    Multicast,

    /// <summary>Nobody: 0.0.0.0/8 and ::, which Linux takes for this machine.</summary>
    Unspecified,

    /// <summary>240.0.0.0/4, which nobody has.</summary>
    Reserved,
}

/// <summary>
/// Which addresses may be called when something goes to another organisation. Its DNS says where, and may point at ourselves, at nothing, or at
/// 127.0.0.1: that must do no harm. Private ranges are allowed: organisations meet inside one network, too.
/// </summary>
/// <param name="listening">Where this server listens; a wildcard address stands for all of the machine's.</param>
/// <param name="ownAddresses">The machine's own addresses.</param>
/// <param name="trusted">Ranges that are allowed whatever they are, our own endpoints excepted.</param>
internal sealed class PeerGuard(IReadOnlyList<IPEndPoint> listening, IReadOnlyCollection<IPAddress> ownAddresses, IReadOnlyList<IPNetwork> trusted)
{
    private static readonly IPNetwork UnspecifiedRange = new(IPAddress.Any, 8);
    private static readonly IPNetwork LinkLocalRange = new(new IPAddress([169, 254, 0, 0]), 16);
    private static readonly IPNetwork MulticastRange = new(new IPAddress([224, 0, 0, 0]), 4);
    private static readonly IPNetwork ReservedRange = new(new IPAddress([240, 0, 0, 0]), 4);

    /// <summary>Whether a connection to this address and port may be opened. Looks nothing up.</summary>
    public PeerVerdict Judge(IPAddress address, int port)
    {
        var peer = PlainAddresses.Of(address);
        var kind = KindOf(peer);
        if (IsOwnEndpoint(peer, port, kind)) return PeerVerdict.OwnEndpoint;
        return kind == PeerVerdict.Allowed || trusted.Any(range => range.Contains(peer)) ? PeerVerdict.Allowed : kind;
    }

    private bool IsOwnEndpoint(IPAddress peer, int port, PeerVerdict kind)
    {
        foreach (var endpoint in listening)
        {
            if (endpoint.Port != port) continue;
            var own = PlainAddresses.Of(endpoint.Address);
            if (own.Equals(peer)) return true;
            if (IsWildcard(own) && (IsThisMachine(kind) || ownAddresses.Any(ours => PlainAddresses.Of(ours).Equals(peer)))) return true;
            if (kind == PeerVerdict.Unspecified && IPAddress.IsLoopback(own)) return true;
        }
        return false;
    }

    private static bool IsThisMachine(PeerVerdict kind) => kind is PeerVerdict.Loopback or PeerVerdict.Unspecified;

    private static bool IsWildcard(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static PeerVerdict KindOf(IPAddress peer)
    {
        if (IPAddress.IsLoopback(peer)) return PeerVerdict.Loopback;
        if (peer.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return peer.Equals(IPAddress.IPv6Any) ? PeerVerdict.Unspecified
                : peer.IsIPv6LinkLocal ? PeerVerdict.LinkLocal
                : peer.IsIPv6Multicast ? PeerVerdict.Multicast
                : PeerVerdict.Allowed;
        }
        return UnspecifiedRange.Contains(peer) ? PeerVerdict.Unspecified
            : LinkLocalRange.Contains(peer) ? PeerVerdict.LinkLocal
            : MulticastRange.Contains(peer) || peer.Equals(IPAddress.Broadcast) ? PeerVerdict.Multicast
            : ReservedRange.Contains(peer) ? PeerVerdict.Reserved
            : PeerVerdict.Allowed;
    }
}
