using System.Net;
using System.Net.Sockets;
using System.Text;
using DnsClient;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary>A line of a zone file.</summary>
/// <param name="Name">Absolute, with the trailing dot.</param>
/// <param name="Type">In the form of zone files; null if it must be filled in.</param>
/// <param name="Data">As zone files have it; null if it must be filled in.</param>
internal sealed record ZoneRecord(string Name, string Type, string? Data)
{
    /// <summary>Placeholder for an unknown address.</summary>
    private const string Blank = "ADDRESS";

    public override string ToString() => $"{Name} IN {Type} {Data ?? Blank}";
}

/// <summary>The records to publish, with absolute names, so that every line can be copied into the right zone.</summary>
internal sealed class DnsCommandZone
{
    private readonly ZoneRecord[] services;
    private readonly ZoneRecord[] addresses;
    private readonly ZoneRecord[] pointers;

    private DnsCommandZone(ZoneRecord[] services, ZoneRecord[] addresses, ZoneRecord[] pointers)
    {
        this.services = services;
        this.addresses = addresses;
        this.pointers = pointers;
    }

    /// <summary>Where domains are served.</summary>
    public IReadOnlyList<ZoneRecord> Services => services;

    /// <summary>The addresses' names.</summary>
    public IReadOnlyList<ZoneRecord> Pointers => pointers;

    /// <summary>The addresses that have names.</summary>
    public IReadOnlyList<IPAddress> NamedAddresses { get; private init; } = [];

    public IReadOnlyList<ZoneRecord> Records => [.. services, .. addresses, .. pointers];

    /// <summary>
    /// Uses the given addresses, otherwise those that DNS already has. If several names share an address, its PTR record gets the first of them; IM domains
    /// come first, since clients know their names.
    /// </summary>
    public static async Task<DnsCommandZone> MakeAsync(DnsSubject dns, ILookup<string, IPAddress> given, CancellationToken stop)
    {
        var services = dns.Domains.All.SelectMany(domain => domain.MailDomains.Select(mail => (Mail: mail, domain.Name)))
            .OrderBy(pair => pair.Mail, StringComparer.Ordinal)
            .Concat(dns.Domains.All.Where(domain => dns.Domains.All.All(other => !other.MailDomains.Contains(domain.Name)))
                .Select(domain => (Mail: domain.Name, domain.Name)))
            .Select(pair => dns.ServiceRecord(pair.Mail, pair.Name));
        // A name server's address is for its own zone alone.
        var zones = ZonePlan.Of(dns);
        var hosts = HostsOf(dns).Concat(given.Select(host => host.Key).Where(host => zones.Find(host) is not null)).Distinct().ToArray();
        var known = await Task.WhenAll(hosts.Select(async host => given.Contains(host) ? [.. given[host]] : await LookUpAsync(dns.Resolver, host, stop)));
        var pairs = hosts.Zip(known).SelectMany(pair => pair.Second.Select(address => (Host: pair.First, Address: address))).ToArray();
        var addresses = hosts.Zip(known).SelectMany(pair => pair.Second.Length == 0
            ? [AddressRecord(pair.First, null)]
            : pair.Second.Select(address => AddressRecord(pair.First, address)));
        var pointers = pairs.DistinctBy(pair => pair.Address).Select(pair => PointerRecord(pair.Address, pair.Host));
        return new DnsCommandZone([.. services], [.. addresses], [.. pointers]) { NamedAddresses = [.. pairs.Select(pair => pair.Address).Distinct()] };
    }

    /// <summary>Every name that needs an address: IM domains, then host names, in the order of the configuration.</summary>
    public static IReadOnlyList<string> HostsOf(DnsSubject dns) =>
        [.. dns.Domains.All.Select(domain => domain.Name)
            .Concat(dns.Domains.Servers.OrderByDescending(server => server.Role == Role.Router).SelectMany(server => server.HostNames))
            .Where(host => HostName.TryNormalize(host, out _)).Distinct()];

    public static ZoneRecord AddressRecord(string host, IPAddress? address) =>
        new(host + ".", address?.AddressFamily == AddressFamily.InterNetworkV6 ? "AAAA" : "A", address?.ToString());

    public static ZoneRecord PointerRecord(IPAddress address, string host) => new(address.GetArpaName(), "PTR", host + ".");

    public override string ToString()
    {
        var width = Records.Select(record => record.Name.Length).DefaultIfEmpty().Max();
        var text = new StringBuilder();
        Write(text, "Where clients and other organisations find the server of a domain", services, width);
        Write(text, "Addresses of the servers", addresses, width);
        Write(text, "Names of the addresses, for the reverse zones of the networks", pointers, width);
        return text.ToString();
    }

    private static void Write(StringBuilder text, string title, ZoneRecord[] records, int width)
    {
        if (records.Length == 0) return;
        text.Append(text.Length == 0 ? "" : "\n").Append("; ").Append(title).Append('\n');
        foreach (var record in records)
        {
            if (record.Data is null) text.Append("; fill in: ").Append(record).Append('\n');
            else text.Append(record.Name.PadRight(width)).Append(" IN ").Append(record.Type.PadRight(4)).Append(' ').Append(record.Data).Append('\n');
        }
    }

    /// <summary>The addresses that DNS has for a host, IPv4 first.</summary>
    public static async Task<IPAddress[]> LookUpAsync(DomainResolver resolver, string host, CancellationToken stop)
    {
        var answers = await Task.WhenAll(resolver.AskAsync(host, QueryType.A, stop).AsTask(), resolver.AskAsync(host, QueryType.AAAA, stop).AsTask());
        return [.. answers.SelectMany(answer => answer.Addresses).OrderBy(address => address.ToString(), StringComparer.Ordinal)
            .OrderBy(address => address.AddressFamily == AddressFamily.InterNetworkV6)];
    }
}
