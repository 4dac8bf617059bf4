using System.Net;

namespace RvpServer.Cli;

/// <summary>A zone file, or what it lacks.</summary>
/// <param name="File">The file; null: something is missing.</param>
/// <param name="Missing">A line for each, with what to write.</param>
internal sealed record MadeZone(ZoneFile? File, IReadOnlyList<string> Missing);

/// <summary>Puts records into zone files. A name server inside its own zone needs an address there.</summary>
internal sealed class ZoneFiles(
    DnsSubject dns, DnsCommandZone records, IReadOnlyList<string> nameServers, ILookup<string, IPAddress> given, int timeToLive, uint serial)
{
    /// <summary>The zone with all names at or below this one.</summary>
    public Task<MadeZone> ForwardAsync(string zone, CancellationToken stop) => ForwardAsync(zone, name => ZonePlan.IsWithin(name, zone), stop);

    /// <summary>The zone of an <c>in-addr.arpa</c> or <c>ip6.arpa</c> name.</summary>
    public MadeZone Reverse(string zone) =>
        Make(zone, [.. records.Pointers.Where(record => ZonePlan.IsWithin(record.Name.TrimEnd('.'), zone))]);

    /// <summary>All zones, forward and reverse, with each record in one of them.</summary>
    public async Task<IReadOnlyList<MadeZone>> AllAsync(CancellationToken stop)
    {
        var plan = ZonePlan.Of(dns);
        var zones = new List<MadeZone>();
        foreach (var zone in plan.Names) zones.Add(await ForwardAsync(zone, name => plan.Find(name) == zone, stop));
        zones.AddRange(records.NamedAddresses.Select(ZonePlan.ReverseOf).Distinct().Select(Reverse));
        return zones;
    }

    private async Task<MadeZone> ForwardAsync(string zone, Predicate<string> isMeant, CancellationToken stop)
    {
        var own = records.Records.Where(record => record.Type != "PTR" && isMeant(record.Name.TrimEnd('.'))).ToList();
        foreach (var server in nameServers.Where(server => ZonePlan.IsWithin(server, zone) && own.All(record => record.Name != server + ".")))
        {
            var addresses = given.Contains(server) ? [.. given[server]] : await DnsCommandZone.LookUpAsync(dns.Resolver, server, stop);
            own.AddRange(addresses.Select(address => DnsCommandZone.AddressRecord(server, address)).DefaultIfEmpty(DnsCommandZone.AddressRecord(server, null)));
        }
        return Make(zone, own);
    }

    private MadeZone Make(string zone, List<ZoneRecord> own)
    {
        if (own.Count == 0) return new MadeZone(null, [$"No record of this configuration lies in {zone}."]);
        var missing = own.Where(record => record.Data is null).Select(record => record.Name.TrimEnd('.'))
            .Select(host => $"{host} has no address: add --address {host}=IP").Distinct().ToList();
        return missing.Count > 0 ? new MadeZone(null, missing) : new MadeZone(new ZoneFile(zone, nameServers, timeToLive, serial, own), []);
    }
}
