using System.Net;
using System.Net.Sockets;

namespace RvpServer.Network;

/// <summary>The kind of host that has an address; sets of kinds say what may be connected to.</summary>
[Flags]
internal enum AddressKinds
{
    None = 0,

    /// <summary>A host of the Internet.</summary>
    Public = 1,

    /// <summary>A host in an organisation's own network: private, shared, unique local or site local.</summary>
    Private = 2,

    /// <summary>This machine.</summary>
    Loopback = 4,

    /// <summary>Only hosts on the same link, including cloud metadata services.</summary>
    LinkLocal = 8,

    /// <summary>Many hosts, or all.</summary>
    Multicast = 16,

    /// <summary>No host: 0.0.0.0/8 and ::, which Linux treats as this machine.</summary>
    Unspecified = 32,

    /// <summary>240.0.0.0/4, which is not in use.</summary>
    Reserved = 64,

    /// <summary>Kinds that are not a single host that anybody could want to be connected to.</summary>
    NoHost = LinkLocal | Multicast | Unspecified | Reserved,
}

/// <summary>The only list of special address ranges. [RFC 6890]</summary>
internal static class AddressKind
{
    private static readonly (IPNetwork Range, AddressKinds Kind)[] Special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), AddressKinds.Unspecified), (IPNetwork.Parse("::/128"), AddressKinds.Unspecified),
        (IPNetwork.Parse("127.0.0.0/8"), AddressKinds.Loopback), (IPNetwork.Parse("::1/128"), AddressKinds.Loopback),
        (IPNetwork.Parse("169.254.0.0/16"), AddressKinds.LinkLocal), (IPNetwork.Parse("fe80::/10"), AddressKinds.LinkLocal),
        (IPNetwork.Parse("224.0.0.0/4"), AddressKinds.Multicast), (IPNetwork.Parse("ff00::/8"), AddressKinds.Multicast),
        (IPNetwork.Parse("255.255.255.255/32"), AddressKinds.Multicast), (IPNetwork.Parse("240.0.0.0/4"), AddressKinds.Reserved),
        (IPNetwork.Parse("10.0.0.0/8"), AddressKinds.Private), (IPNetwork.Parse("172.16.0.0/12"), AddressKinds.Private),
        (IPNetwork.Parse("192.168.0.0/16"), AddressKinds.Private), (IPNetwork.Parse("100.64.0.0/10"), AddressKinds.Private),
        (IPNetwork.Parse("fc00::/7"), AddressKinds.Private), (IPNetwork.Parse("fec0::/10"), AddressKinds.Private),
    ];

    /// <summary>The kind of an address; an IPv4 address wrapped in IPv6 has its own kind.</summary>
    public static AddressKinds Of(IPAddress address)
    {
        var plain = PlainAddresses.Of(address);
        var isVersion6 = plain.AddressFamily == AddressFamily.InterNetworkV6;
        foreach (var (range, kind) in Special)
            if (range.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6 == isVersion6 && range.Contains(plain)) return kind;
        return AddressKinds.Public;
    }
}
