using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using RvpServer.Network;

namespace RvpServer.Cli;

/// <summary><c>rvpserver dns</c>: <c>zone</c>, <c>check DOMAIN</c> and <c>publish</c>.</summary>
internal static class DnsCommand
{
    private const int DnsPort = 53;

    /// <summary>Creates the family; <paramref name="open"/> is called when one of its commands runs.</summary>
    public static Command Create(Func<ParseResult, CommandContext<DnsSubject>> open) =>
        new("dns", "DNS records: what to publish, and what clients find.") { DnsZoneCommand.Create(open), Check(open), DnsPublishCommand.Create(open) };

    /// <summary>The option that gives hosts their addresses.</summary>
    public static Option<GivenAddress[]> Addresses() => new("--address")
    {
        Description = "Address of a host, also of a server on another machine; may be repeated. Hosts without one are looked up.",
        HelpName = "NAME=IP",
        CustomParser = ParseAddresses,
        DefaultValueFactory = _ => [],
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>The option that names a DNS server.</summary>
    public static Option<IPEndPoint?> Server(string description) => new("--server") { Description = description, HelpName = "IP", CustomParser = ParseServer };

    /// <summary>False, with a line on standard error for each, if a host with an address is none of the organisation's.</summary>
    public static async Task<bool> AreOursAsync(CommandContext<DnsSubject> context, IEnumerable<GivenAddress> given)
    {
        var zones = ZonePlan.Of(context.Subject);
        var strange = given.Select(one => one.Host).Where(host => zones.Find(host) is null).Distinct().ToArray();
        foreach (var host in strange)
        {
            await context.Error.WriteLineAsync(
                $"--address {host}: it lies in no domain of this configuration; the domains are {string.Join(", ", zones.Names)}");
        }
        return strange.Length == 0;
    }

    private static Command Check(Func<ParseResult, CommandContext<DnsSubject>> open)
    {
        var json = JsonOutput.Option();
        var domain = new Argument<string>("DOMAIN") { Description = "A mail domain or an IM domain.", CustomParser = ParseDomain };
        var server = Server("DNS server to ask, in place of the configured ones: for the view from another place.");
        var outside = new Option<bool>("--outside") { Description = "The view of other organisations: home servers behind a router need not be seen." };
        var probe = new Option<bool>("--probe") { Description = "Connects to the home servers too." };
        var command = new Command("check", "Says step by step what a client finds for a domain, and what is missing.") { domain, server, outside, probe, json };
        return command.WithAction(open, async (context, stop) =>
        {
            var subject = context.Parsed.GetValue(server) is { } other ? context.Subject.AskingAt(other) : context.Subject;
            var view = new DnsView(context.Parsed.GetValue(outside), context.Parsed.GetValue(probe));
            var check = await DnsCommandCheck.RunAsync(subject, context.Parsed.GetRequiredValue(domain), view, stop);
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

    private static IPEndPoint? ParseServer(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (IPEndPoint.TryParse(text, out var server)) return server.Port == 0 ? new IPEndPoint(server.Address, DnsPort) : server;
        result.AddError($"--server is \"{text}\": write an address or address:port, for example 192.0.2.53");
        return null;
    }

    /// <summary>Reads a domain's name.</summary>
    public static string? ParseDomain(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (HostName.TryNormalize(text, out var domain)) return domain;
        result.AddError($"\"{text}\" is no domain: write a name like adatum.com");
        return null;
    }
}

/// <summary>A host and an address of it.</summary>
internal sealed record GivenAddress(string Host, IPAddress Address);
