using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary><c>rvpserver dns zone</c> and <c>rvpserver dns check DOMAIN</c>.</summary>
internal static class DnsCommand
{
    /// <summary>Creates the family; <paramref name="open"/> is called when one of its commands runs.</summary>
    public static Command Create(Func<ParseResult, CommandContext<DnsSubject>> open)
    {
        var json = JsonOutput.Option();
        return new Command("dns", "DNS records: what to publish, and what clients find.") { Zone(open, json), Check(open, json) };
    }

    private static Command Zone(Func<ParseResult, CommandContext<DnsSubject>> open, Option<bool> json)
    {
        var addresses = new Option<GivenAddress[]>("--address")
        {
            Description = "Address of a host, NAME=IP; may be repeated. Hosts without one are looked up.",
            CustomParser = ParseAddresses,
            DefaultValueFactory = _ => [],
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("zone", "Prints the zone records of all virtual servers and mail domains.") { addresses, json };
        return command.WithAction(open, async (context, stop) =>
        {
            var dns = context.Subject;
            var given = context.Parsed.GetValue(addresses) ?? [];
            var unknown = given.Select(one => one.Host).Except(DnsCommandZone.HostsOf(dns)).ToArray();
            foreach (var host in unknown) await context.Error.WriteLineAsync($"--address {host}: no virtual server and no IM domain has this name");
            if (unknown.Length > 0) return ExitCode.WrongUsage;

            var zone = await DnsCommandZone.MakeAsync(dns, given.ToLookup(one => one.Host, one => one.Address), stop);
            if (context.Parsed.GetValue(json)) context.Out.WriteJson(zone.Records);
            else await context.Out.WriteAsync(zone.ToString());
            return ExitCode.Done;
        });
    }

    private static Command Check(Func<ParseResult, CommandContext<DnsSubject>> open, Option<bool> json)
    {
        var domain = new Argument<string>("DOMAIN") { Description = "A mail domain or an IM domain.", CustomParser = ParseDomain };
        var command = new Command("check", "Says step by step what a client finds for a domain, and what is missing.") { domain, json };
        return command.WithAction(open, async (context, stop) =>
        {
            var check = await DnsCommandCheck.RunAsync(context.Subject, context.Parsed.GetRequiredValue(domain), stop);
            if (context.Parsed.GetValue(json)) context.Out.WriteJson(check.Steps);
            else await context.Out.WriteAsync(check.ToString());
            return check.IsWell ? ExitCode.Done : ExitCode.Failed;
        });
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
