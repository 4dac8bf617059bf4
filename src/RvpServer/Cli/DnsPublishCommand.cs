using System.CommandLine;
using RvpServer.Dns;
using RvpServer.Runtime;

namespace RvpServer.Cli;

/// <summary><c>rvpserver dns publish</c>: writes the records into the zones of a DNS server by dynamic update, after a look at what would be written.</summary>
internal static class DnsPublishCommand
{
    private const int TimeToLive = 3600;

    /// <summary>Creates the command.</summary>
    public static Command Create(Func<ParseResult, CommandContext<DnsSubject>> open)
    {
        var addresses = DnsCommand.Addresses();
        var server = DnsCommand.Server("DNS server that has the zones and takes updates.");
        server.Required = true;
        var key = new Option<string>("--key") { Description = "File of the TSIG key, as tsig-keygen writes it.", HelpName = "FILE", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Writes them; without it they are only shown." };
        var command = new Command("publish", "Shows, and with --yes writes, the records into the zones of a DNS server.") { server, key, addresses, yes };
        return command.WithAction(open, async (context, stop) =>
        {
            var given = context.Parsed.GetValue(addresses) ?? [];
            if (!await DnsCommand.AreOursAsync(context, given)) return ExitCode.WrongUsage;
            var secret = ReadKey(context.Parsed.GetRequiredValue(key));
            var subject = context.Subject.AskingAt(context.Parsed.GetValue(server)!);
            var client = new DnsUpdateClient(context.Parsed.GetValue(server)!);
            var updates = await PlanAsync(subject, given, client, context.Error, stop);
            foreach (var (zone, changes) in updates)
            {
                await context.Out.WriteLineAsync($"zone {zone}");
                foreach (var change in changes) await context.Out.WriteLineAsync(change.Describe(TimeToLive));
            }
            if (!context.Parsed.GetValue(yes))
            {
                await context.Out.WriteLineAsync(updates.Count > 0 ? "Nothing is written yet: add --yes." : "There is nothing to write.");
                return ExitCode.Done;
            }
            foreach (var (zone, changes) in updates)
            {
                await client.ChangeAsync(zone, changes, TimeToLive, secret, WallClock.OfMachine.GetUtcNow(), stop);
                await context.Out.WriteLineAsync($"{zone} is changed.");
            }
            return ExitCode.Done;
        });
    }

    private static TsigKey ReadKey(string file)
    {
        if (File.Exists(file) && FileModes.IsOpenToOthers(file))
            throw new UsageException($"--key {file}: everybody on this machine can read it: chmod o-rwx {file}");
        try
        {
            return TsigKey.Parse(File.ReadAllText(file));
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"--key {file}: {wrong.Message}");
        }
    }

    // Hosts whose addresses were not given have them from DNS already. Names of addresses are only added: a machine may have others.
    private static async Task<IReadOnlyList<(string Zone, List<ZoneChange> Changes)>> PlanAsync(
        DnsSubject dns, GivenAddress[] given, DnsUpdateClient client, TextWriter errors, CancellationToken stop)
    {
        var made = await DnsCommandZone.MakeAsync(dns, given.ToLookup(one => one.Host, one => one.Address), stop);
        var changes = new List<ZoneChange>();
        foreach (var service in made.Services) changes.AddRange(await ServiceChangesAsync(dns, service, stop));
        foreach (var host in given.GroupBy(one => (one.Host, Type: DnsCommandZone.AddressRecord(one.Host, one.Address).Type)))
        {
            changes.Add(new ZoneChange(host.Key.Host, host.Key.Type, null));
            changes.AddRange(host.Select(one => new ZoneChange(host.Key.Host, host.Key.Type, one.Address.ToString())));
        }
        var named = given.Select(one => DnsCommandZone.PointerRecord(one.Address, "").Name).ToHashSet();
        changes.AddRange(made.Pointers.Where(pointer => named.Contains(pointer.Name))
            .Select(pointer => new ZoneChange(pointer.Name.TrimEnd('.'), "PTR", pointer.Data)));

        var zones = new Dictionary<string, string?>();
        foreach (var name in changes.Select(change => change.Name).Distinct()) zones[name] = await client.ZoneOfAsync(name, stop);
        foreach (var (name, _) in zones.Where(zone => zone.Value is null)) await errors.WriteLineAsync($"{name} lies in no zone of that server: left out");
        return [.. changes.Where(change => zones[change.Name] is not null).GroupBy(change => zones[change.Name]!).Select(zone => (zone.Key, zone.ToList()))];
    }

    // Of the records that are there, those stay that come after ours: they name addresses that this organisation calls from.
    private static async Task<IReadOnlyList<ZoneChange>> ServiceChangesAsync(DnsSubject dns, ZoneRecord service, CancellationToken stop)
    {
        var name = service.Name.TrimEnd('.');
        var there = (await dns.Resolver.ServicesOfAsync(name[DomainResolver.ServicePrefix.Length..], stop)).Services;
        var kept = there.Where(record => record.Priority > 0 && DomainResolver.IsUsable(record))
            .Select(record => $"{record.Priority} {record.Weight} {record.Port} {record.Target}.").ToList();
        var wanted = kept.Prepend(service.Data!).ToHashSet();
        if (wanted.SetEquals(there.Select(record => $"{record.Priority} {record.Weight} {record.Port} {record.Target}."))) return [];
        return [new ZoneChange(name, "SRV", null), .. wanted.Select(data => new ZoneChange(name, "SRV", data))];
    }
}
