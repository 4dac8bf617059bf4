using System.Net;
using System.Net.Sockets;
using RvpServer.Collections;

namespace RvpServer.Network;

/// <summary>What counts as one sender when strangers share something: whoever has one address usually has all those around it.</summary>
internal static class SenderAddress
{
    /// <summary>An IPv4 address, or the /64 of an IPv6 address, which is what one household gets.</summary>
    public static IPAddress Of(IPAddress address) => Prefix(address, 32, 64);

    /// <summary>The /24 or the /48 around it: what one customer of a provider may have.</summary>
    public static IPAddress NetworkOf(IPAddress address) => Prefix(address, 24, 48);

    /// <summary>Whose share something counts against if nothing but an address is known.</summary>
    public static Sharer SharerAt(IPAddress address) => new(Of(address), NetworkOf(address));

    private static IPAddress Prefix(IPAddress address, int bits4, int bits6)
    {
        var plain = PlainAddresses.Of(address);
        Span<byte> bytes = stackalloc byte[16];
        if (!plain.TryWriteBytes(bytes, out var length)) return plain;
        var kept = (plain.AddressFamily == AddressFamily.InterNetworkV6 ? bits6 : bits4) / 8;
        if (kept == length) return plain;
        bytes[kept..length].Clear();
        return new IPAddress(bytes[..length]);
    }
}
