using System.Net;

namespace RvpServer.Network;

/// <summary>Sets of address ranges.</summary>
internal static class AddressRanges
{
    /// <summary>True if an address, wrapped in IPv6 or not, is in one of the ranges.</summary>
    public static bool Cover(this IReadOnlyList<IPNetwork> ranges, IPAddress address)
    {
        var plain = PlainAddresses.Of(address);
        for (var i = 0; i < ranges.Count; i++)
            if (ranges[i].Contains(plain)) return true;
        return false;
    }
}
