using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary><c>rvpserver dns zone</c> and <c>rvpserver dns check DOMAIN</c>.</summary>
internal static class DnsCommand
{
    private const int Done = 0;
    private const int Failed = 1;
    private const int WrongUsage = 2;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The family; <paramref name="environment"/> is called when one of its commands runs.</summary>
    public static Command Create(Func<ParseResult, DnsCommandEnvironment> environment)
    {
        var json = new Option<bool>("--json") { Description = "Prints JSON." };
        return new Command("dns", "DNS records: what to publish, and what clients find.") { Zone(environment, json), Check(environment, json) };
    }

    private static Command Zone(Func<ParseResult, DnsCommandEnvironment> environment, Option<bool> json)
    {
        var addresses = new Option<GivenAddress[]>("--address")
        {
            Description = "Address of a host, NAME=IP; may be repeated. Hosts without one are looked up.",
            CustomParser = ParseAddresses,
            DefaultValueFactory = _ => [],
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("zone", "Prints the zone records of all virtual servers and mail domains.") { addresses, json };
        command.SetAction(async (parsed, stop) =>
        {
            var dns = environment(parsed);
            var given = parsed.GetValue(addresses) ?? [];
            var unknown = given.Select(one => one.Host).Except(DnsCommandZone.HostsOf(dns)).ToArray();
            foreach (var host in unknown) await dns.Error.WriteLineAsync($"--address {host}: no virtual server and no IM domain has this name");
            if (unknown.Length > 0) return WrongUsage;

            var zone = await DnsCommandZone.MakeAsync(dns, given.ToLookup(one => one.Host, one => one.Address), stop);
            await dns.Out.WriteAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(zone.Records, Json) + "\n" : zone.ToString());
            return Done;
        });
        return command;
    }

    private static Command Check(Func<ParseResult, DnsCommandEnvironment> environment, Option<bool> json)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "A mail domain or an IM domain.", CustomParser = ParseDomain };
        var command = new Command("check", "Says step by step what a client finds for a domain, and what is missing.") { domain, json };
        command.SetAction(async (parsed, stop) =>
        {
            var dns = environment(parsed);
            var name = parsed.GetRequiredValue(domain);
            var check = await DnsCommandCheck.RunAsync(dns, name, stop);
            await dns.Out.WriteAsync(parsed.GetValue(json) ? JsonSerializer.Serialize(check.Steps, Json) + "\n" : check.ToString());
            return check.IsWell ? Done : Failed;
        });
        return command;
    }

    private static GivenAddress[] ParseAddresses(ArgumentResult result)
    {
        var given = new List<GivenAddress>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split('=', 2);
            if (parts.Length == 2 && HostName.TryNormalize(parts[0], out var host) && HostName.TryParseAddress(parts[1], out var address))
                given.Add(new GivenAddress(host, address));
            else
                result.AddError($"--address is \"{token.Value}\": write NAME=IP, for example im.adatum.com=192.0.2.10");
        }
        return [.. given];
    }

    private static string? ParseDomain(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (HostName.TryNormalize(text, out var domain)) return domain;
        result.AddError($"\"{text}\" is no domain: write a name like adatum.com");
        return null;
    }

    private sealed record GivenAddress(string Host, IPAddress Address);
}
