using System.Buffers;
using System.Globalization;
using System.Net;

namespace Rvp.Protocol;

/// <summary>Where a server is reached: a host and a port. The only code that reads and writes <c>host[:port]</c>, which leaves out port 80.</summary>
public readonly record struct HostAndPort
{
    /// <summary>RVP's standard port. [white paper]</summary>
    public const int DefaultPort = 80;

    private const int MaxHostLength = 253;

    private static readonly SearchValues<char> HostLetters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_");

    /// <summary>A valid host; an IPv6 address gets its brackets.</summary>
    public HostAndPort(string host, int port)
    {
        Host = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? "[" + host.ToLowerInvariant() + "]" : host.ToLowerInvariant();
        Port = port;
    }

    /// <summary>In ASCII and lower case, without a trailing dot; an IPv6 address in brackets.</summary>
    public string Host { get; }

    /// <summary>From 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Reads <c>host</c>, <c>host:port</c> or <c>host:</c>; false for a text that cannot be a host and for old forms of IPv4 addresses.</summary>
    public static bool TryParse(string text, out HostAndPort place)
    {
        place = default;
        if (!TrySplit(text, out var name, out var port)) return false;
        // Most texts are the host alone.
        return TryMake(name.Length == text.Length ? text : name.ToString(), port, out place);
    }

    /// <summary>The same for a part of a text.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out HostAndPort place)
    {
        place = default;
        return TrySplit(text, out var name, out var port) && TryMake(name.ToString(), port, out place);
    }

    /// <summary><c>host</c>, or <c>host:port</c> if the port is not 80.</summary>
    public override string ToString() => Port == DefaultPort ? Host : Host + ":" + Port.ToString(CultureInfo.InvariantCulture);

    private static bool TrySplit(ReadOnlySpan<char> text, out ReadOnlySpan<char> name, out int port)
    {
        name = text;
        port = DefaultPort;
        var colon = text.LastIndexOf(':');
        if (colon > text.LastIndexOf(']'))
        {
            name = text[..colon];
            var digits = text[(colon + 1)..];
            if (digits.Length > 0 && (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535)) return false;
        }
        if (name.EndsWith('.')) name = name[..^1];
        return true;
    }

    private static bool TryMake(string name, int port, out HostAndPort place)
    {
        place = default;
        if (!DomainName.TryToAscii(name, out var ascii) || ascii.Length is 0 or > MaxHostLength || !IsHostName(ascii)) return false;
        place = new HostAndPort(ascii, port);
        return true;
    }

    private static bool IsHostName(string name)
    {
        if (name[0] == '[') return name[^1] == ']' && IPAddress.TryParse(name, out _);
        if (name.AsSpan().ContainsAnyExcept(HostLetters)) return false;
        if (name[0] == '.' || name.Contains("..", StringComparison.Ordinal)) return false;
        // Some programs read old forms of IPv4 addresses (2130706433, 0x7f.1, 010.0.0.1) as addresses, in one way or another, and others as names.
        var last = name.AsSpan(name.LastIndexOf('.') + 1);
        var looksNumeric = !last.ContainsAnyExceptInRange('0', '9') || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return !looksNumeric || (IPAddress.TryParse(name, out var address) && address.ToString() == name);
    }
}
