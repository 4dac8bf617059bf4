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

    /// <summary>A host in an organisation's own network: private, shared, unique local, site local, or in a range that networks use for themselves.</summary>
    Private = 2,

    /// <summary>This machine.</summary>
    Loopback = 4,

    /// <summary>Only hosts on the same link, including cloud metadata services.</summary>
    LinkLocal = 8,

    /// <summary>Many hosts, or all.</summary>
    Multicast = 16,

    /// <summary>No host: 0.0.0.0/8 and ::, which Linux treats as this machine.</summary>
    Unspecified = 32,

    /// <summary>Ranges that no host has: not in use, or for other purposes than hosts.</summary>
    Reserved = 64,

    /// <summary>Kinds that are not a single host that anybody could want to be connected to.</summary>
    NoHost = LinkLocal | Multicast | Unspecified | Reserved,
}

/// <summary>
/// The only list of special address ranges. [RFC 6890] An IPv6 address that stands for an IPv4 one is of that one's kind: whatever translates it on the way,
/// connects there. Ranges for documentation count as public: nobody has them, except in trials where they stand for the Internet. (Decision)
/// </summary>
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
        // Providers' own equipment, tests of equipment, and translators inside a network. [RFC 7335, RFC 2544, RFC 8215]
        (IPNetwork.Parse("192.0.0.0/24"), AddressKinds.Private), (IPNetwork.Parse("198.18.0.0/15"), AddressKinds.Private),
        (IPNetwork.Parse("64:ff9b:1::/48"), AddressKinds.Private), (IPNetwork.Parse("2001:2::/48"), AddressKinds.Private),
        // Discarded, identifiers and segments: nothing to connect to. [RFC 6666, RFC 4843, RFC 7343, RFC 9602]
        (IPNetwork.Parse("100::/64"), AddressKinds.Reserved), (IPNetwork.Parse("2001:10::/28"), AddressKinds.Reserved),
        (IPNetwork.Parse("2001:20::/28"), AddressKinds.Reserved), (IPNetwork.Parse("5f00::/16"), AddressKinds.Reserved),
    ];

    /// <summary>Where the IPv4 address is in IPv6 addresses that stand for one, in bytes; Teredo has it inverted.</summary>
    private static readonly (IPNetwork Range, int At, bool IsInverted)[] Embedding =
    [
        (IPNetwork.Parse("64:ff9b::/96"), 12, false), // NAT64 [RFC 6052]
        (IPNetwork.Parse("::ffff:0:0:0/96"), 12, false), // SIIT [RFC 2765]
        (IPNetwork.Parse("::/96"), 12, false), // IPv4-compatible [RFC 4291, 2.5.5.1]
        (IPNetwork.Parse("2002::/16"), 2, false), // 6to4 [RFC 3056]
        (IPNetwork.Parse("2001::/32"), 12, true), // Teredo [RFC 4380]
    ];

    /// <summary>The kind of an address; an IPv4 address wrapped in IPv6 has its own kind.</summary>
    public static AddressKinds Of(IPAddress address)
    {
        var plain = PlainAddresses.Of(address);
        foreach (var (range, kind) in Special)
            if (range.BaseAddress.AddressFamily == plain.AddressFamily && range.Contains(plain)) return kind;
        return Embedded(plain) is { } inner ? Of(inner) : AddressKinds.Public;
    }

    /// <summary>The IPv4 address that an IPv6 address stands for; null if it is only itself.</summary>
    public static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6 || address.Equals(IPAddress.IPv6Any) || IPAddress.IsLoopback(address)) return null;
        foreach (var (range, at, isInverted) in Embedding)
        {
            if (!range.Contains(address)) continue;
            var bytes = address.GetAddressBytes().AsSpan(at, 4);
            if (isInverted)
                foreach (ref var part in bytes) part ^= 0xff;
            return new IPAddress(bytes);
        }
        return null;
    }
}
