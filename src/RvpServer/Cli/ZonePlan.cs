using System.Net;
using System.Net.Sockets;

namespace RvpServer.Cli;

/// <summary>The zones in which an organisation's names lie, and those of addresses.</summary>
internal sealed class ZonePlan
{
    private const int BitsOfNibble = 4;
    private const int UsualBits = 24;
    private const int UsualBitsOf6 = 64;

    private readonly string[] names;

    private ZonePlan(IEnumerable<string> names) =>
        this.names = [.. names.Distinct().OrderByDescending(name => name.Length).ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>The zones' names.</summary>
    public IEnumerable<string> Names => names.Order(StringComparer.Ordinal);

    /// <summary>
    /// Mail domains are zones, since somebody has registered them; so is an IM domain that lies in none, and the domain above a host that does not either.
    /// </summary>
    public static ZonePlan Of(DnsSubject dns)
    {
        var zones = dns.Domains.All.SelectMany(domain => domain.MailDomains).ToHashSet();
        foreach (var domain in dns.Domains.All.Where(domain => !zones.Any(zone => IsWithin(domain.Name, zone))).ToArray()) zones.Add(domain.Name);
        foreach (var host in DnsCommandZone.HostsOf(dns).Where(host => !zones.Any(zone => IsWithin(host, zone))).ToArray())
            zones.Add(host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..]);
        return new ZonePlan(zones);
    }

    /// <summary>The zone of a name, without trailing dots; null if it lies in none.</summary>
    public string? Find(string name) => Array.Find(names, zone => IsWithin(name, zone));

    /// <summary>True for a zone's own name and those below.</summary>
    public static bool IsWithin(string name, string zone) => name == zone || name.EndsWith("." + zone, StringComparison.Ordinal);

    /// <summary>The reverse zone that an address usually lies in: that of its /24, or /64.</summary>
    public static string ReverseOf(IPAddress address) =>
        ReverseOf(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? UsualBitsOf6 : UsualBits)!;

    /// <summary>The reverse zone of a range; null if it has none of its own.</summary>
    public static string? ReverseOf(IPNetwork range) => ReverseOf(range.BaseAddress, range.PrefixLength);

    private static string? ReverseOf(IPAddress address, int bits)
    {
        var bitsOfLabel = address.AddressFamily == AddressFamily.InterNetworkV6 ? BitsOfNibble : 8;
        if (bits == 0 || bits % bitsOfLabel != 0) return null;
        var labels = address.GetArpaName().TrimEnd('.').Split('.');
        var hidden = (address.GetAddressBytes().Length * 8 - bits) / bitsOfLabel;
        return string.Join('.', labels[hidden..]);
    }
}
