using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Cli;

/// <summary>
/// <c>rvpserver dns zone</c>: the records to publish as a list, or with <c>--domain</c>, <c>--reverse</c> or <c>--out</c> as zone files.
/// </summary>
internal static class DnsZoneCommand
{
    private const int MaxTimeToLive = 7 * 24 * 3600;

    /// <summary>Creates the command.</summary>
    public static Command Create(Func<ParseResult, CommandContext<DnsSubject>> open)
    {
        var json = JsonOutput.Option();
        var addresses = DnsCommand.Addresses();
        var domain = new Option<string?>("--domain")
        {
            Description = "Prints this zone as a file.",
            HelpName = "DOMAIN",
            CustomParser = DnsCommand.ParseDomain,
        };
        var reverse = new Option<IPNetwork?>("--reverse")
        {
            Description = "Prints the zone of the names of this range's addresses as a file.",
            HelpName = "RANGE",
            CustomParser = ParseRange,
        };
        var folder = new Option<string?>("--out") { Description = "Writes every zone into a file of its own in this folder.", HelpName = "FOLDER" };
        var servers = new Option<string[]>("--ns")
        {
            Description = "Name server of the zones, for zone files; may be repeated, the primary one first.",
            HelpName = "NAME",
            CustomParser = ParseServers,
            DefaultValueFactory = _ => [],
            Arity = ArgumentArity.OneOrMore,
        };
        var ttl = new Option<int>("--ttl") { Description = "Seconds for which others may keep a record of a zone file.", DefaultValueFactory = _ => 3600 };
        ttl.Validators.Add(result =>
        {
            if (result.GetValue(ttl) is < 0 or > MaxTimeToLive) result.AddError($"--ttl must be between 0 and {MaxTimeToLive} seconds.");
        });
        var serial = new Option<uint?>("--serial") { Description = "Serial number of a zone file; the time in seconds where left out." };
        var command = new Command("zone", "Prints the zone records of all virtual servers and mail domains.")
        {
            addresses, domain, reverse, folder, servers, ttl, serial, json,
        };
        command.Validators.Add(result =>
        {
            var files = new Option[] { domain, reverse, folder }.Count(option => result.GetResult(option) is not null);
            if (files > 1) result.AddError("Write one of --domain, --reverse and --out.");
            else if (files == 1 && result.GetResult(servers) is not { Implicit: false }) result.AddError("A zone file has name servers: name them with --ns.");
        });
        return command.WithAction(open, async (context, stop) =>
        {
            var given = context.Parsed.GetValue(addresses) ?? [];
            var nameServers = context.Parsed.GetValue(servers) ?? [];
            if (!await DnsCommand.AreOursAsync(context, given.Where(one => !nameServers.Contains(one.Host)))) return ExitCode.WrongUsage;
            var known = given.ToLookup(one => one.Host, one => one.Address);
            var zone = await DnsCommandZone.MakeAsync(context.Subject, known, stop);
            var number = context.Parsed.GetValue(serial) ?? (uint)WallClock.OfMachine.GetUtcNow().ToUnixTimeSeconds();
            var files = new ZoneFiles(context.Subject, zone, nameServers, known, context.Parsed.GetValue(ttl), number);
            if (context.Parsed.GetValue(domain) is { } name) return await PrintAsync(context, await files.ForwardAsync(name, stop));
            if (context.Parsed.GetValue(reverse) is { } range) return await PrintAsync(context, files.Reverse(ZonePlan.ReverseOf(range)!));
            if (context.Parsed.GetValue(folder) is { } place) return await WriteAsync(context, await files.AllAsync(stop), place, stop);
            if (context.Parsed.GetValue(json)) context.Out.WriteJson(zone.Records);
            else await context.Out.WriteAsync(zone.ToString());
            return ExitCode.Done;
        });
    }

    private static async Task<int> PrintAsync(CommandContext<DnsSubject> context, MadeZone made)
    {
        if (made.File is { } file) await context.Out.WriteAsync(file.ToString());
        else foreach (var line in made.Missing) await context.Error.WriteLineAsync(line);
        return made.File is null ? ExitCode.Failed : ExitCode.Done;
    }

    // All or none: half of the zones would be published as if they were all.
    private static async Task<int> WriteAsync(CommandContext<DnsSubject> context, IReadOnlyList<MadeZone> zones, string folder, CancellationToken stop)
    {
        var missing = zones.SelectMany(zone => zone.Missing).Distinct().ToList();
        foreach (var line in missing) await context.Error.WriteLineAsync(line);
        if (missing.Count > 0) return ExitCode.Failed;
        Directory.CreateDirectory(folder);
        foreach (var file in zones.Select(zone => zone.File!))
        {
            var path = Path.Combine(folder, file.Zone + ".zone");
            await using (var writer = new StreamWriter(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write }))
                await writer.WriteAsync(file.ToString().AsMemory(), stop);
            await context.Out.WriteLineAsync(path);
        }
        return ExitCode.Done;
    }

    private static IPNetwork? ParseRange(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPNetwork.TryParse(text, out var range) && ZonePlan.ReverseOf(range) is not null) return range;
        result.AddError($"--reverse is \"{text}\": write a range that has a zone, for example 192.0.2.0/24 or 2001:db8::/64");
        return null;
    }

    private static string[] ParseServers(ArgumentResult result)
    {
        var names = new List<string>();
        foreach (var token in result.Tokens)
        {
            if (HostName.TryNormalize(token.Value, out var name) && name.Contains('.', StringComparison.Ordinal)) names.Add(name);
            else result.AddError($"--ns is \"{token.Value}\": write a name, for example ns.adatum.com");
        }
        return [.. names];
    }
}
