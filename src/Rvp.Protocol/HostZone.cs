using System.Net;

namespace Rvp.Protocol;

/// <summary>
/// Which hosts count as one when they share something: whoever has a domain can invent any number of names in it. Where two organisations have one such
/// zone (names below <c>co.uk</c>), they share what one may have.
/// </summary>
public static class HostZone
{
    /// <summary>The last two labels of a name; an address is its own zone.</summary>
    public static string Of(string host)
    {
        // No top-level domain ends in a digit or has a colon.
        if (host.Length == 0 || host[^1] == ']' || ((char.IsAsciiDigit(host[^1]) || host.Contains(':')) && IPAddress.TryParse(host, out _))) return host;
        var last = host.LastIndexOf('.');
        var before = last <= 0 ? -1 : host.LastIndexOf('.', last - 1);
        return before < 0 ? host : host[(before + 1)..];
    }
}
