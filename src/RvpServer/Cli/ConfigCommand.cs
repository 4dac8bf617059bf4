using System.CommandLine;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging.Abstractions;
using RvpServer.Configuration;
using RvpServer.Dns;
using RvpServer.Http;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Cli;

/// <summary><c>rvpserver config check</c>: says whether a server with this configuration starts, and shows what server that is.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var json = JsonOutput.Option();
        var offline = new Option<bool>("--offline") { Description = "Asks nobody in the network: neither the directory nor DNS." };
        var check = new Command("check", "Opens what a start would open, says what is wrong, and prints the effective virtual servers.") { offline, json };
        check.SetAction((parsed, stop) => CheckAsync(
            RunArguments.Of(parsed), parsed.GetValue(offline), parsed.GetValue(json), parsed.InvocationConfiguration.Output, stop));
        return new Command("config", "Looks at the configuration.") { check };
    }

    private static async Task<int> CheckAsync(RunArguments arguments, bool isOffline, bool asJson, TextWriter output, CancellationToken stop)
    {
        var configuration = arguments.LoadConfiguration();
        using var watched = configuration as IDisposable;
        var settings = arguments.Read(configuration);
        var trial = new ConfigTrial(settings, configuration, isOffline);
        if (await trial.FindMistakesAsync(stop) is { Count: > 0 } mistakes) throw new ConfigurationException(mistakes);
        var report = ConfigReport.Of(settings, configuration) with
        {
            RunsAs = trial.Running,
            Warnings = await DoubtsAsync(settings, configuration, isOffline, stop),
        };
        if (asJson) output.WriteJson(report);
        else report.Print(output);
        return ExitCode.Done;
    }

    private static Task<IReadOnlyList<string>> DoubtsAsync(RvpSettings settings, IConfiguration configuration, bool isOffline, CancellationToken stop)
    {
        var places = ListeningPlace.Of(settings, configuration).Where(place => !place.IsAdmin);
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(unicast => new IPAddress(unicast.Address.GetAddressBytes())).ToHashSet();
        Func<string, ValueTask<IReadOnlyList<IPAddress>>>? addressesOf = null;
        if (!isOffline)
        {
            var resolver = new DomainResolver(settings.Dns, WallClock.OfMachine, NullLogger<DnsLookup>.Instance);
            addressesOf = name => resolver.AddressesForDialingAsync(name, stop);
        }
        return new ConfigDoubts(settings, places.SelectMany(place => place.Endpoints).Select(at => at.Port).ToHashSet())
            .FindAsync(addressesOf, address => IPAddress.IsLoopback(address) || own.Contains(PlainAddresses.Of(address)));
    }
}
