using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Rvp.Protocol;

namespace RvpServer.Network;

/// <summary>Checks names before they are sent to DNS, and recognises addresses. Strangers write these names, in URLs and in SRV records.</summary>
internal static class HostName
{
    /// <summary>In characters, without the trailing dot. [RFC 1035]</summary>
    private const int MaxLength = 253;

    private const int MaxLabelLength = 63;

    /// <summary>
    /// The address in <paramref name="host"/>: dotted IPv4, or IPv6 with or without brackets. Old forms of IPv4 ("2130706433", "0x7f.1") are neither addresses
    /// nor names: they are only used to hide a destination.
    /// </summary>
    public static bool TryParseAddress(string host, [NotNullWhen(true)] out IPAddress? address)
    {
        var text = host is ['[', .., ']'] ? host[1..^1] : host;
        if (!IPAddress.TryParse(text, out address)) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host) return false;
        address = PlainAddresses.Of(address);
        return true;
    }

    /// <summary>The name in ASCII and lower case without a trailing dot; false if a host cannot have such a name.</summary>
    public static bool TryNormalize(string text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (!DomainName.TryToAscii(text.EndsWith('.') ? text[..^1] : text, out var trimmed) || trimmed.Length is 0 or > MaxLength) return false;
        var labels = trimmed.Split('.');
        foreach (var label in labels)
        {
            if (label.Length is 0 or > MaxLabelLength) return false;
            foreach (var c in label)
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }
        if (IsNumber(labels[^1])) return false;
        name = trimmed.ToLowerInvariant();
        return true;
    }

    /// <summary>
    /// True for a name in a domain of the DNS, which somebody has registered: not an address, a single label, or a name of the machine itself. [RFC 6761, 6.3]
    /// </summary>
    public static bool IsDomain(string host) =>
        host.Contains('.', StringComparison.Ordinal) && TryNormalize(host, out var name) && !name.EndsWith(".localhost", StringComparison.Ordinal);

    private static bool IsNumber(string label) =>
        label.All(char.IsAsciiDigit) || label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && label.Skip(2).All(char.IsAsciiHexDigit);
}
