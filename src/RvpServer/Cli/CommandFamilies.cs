using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using RvpServer.Directories.Local;
using RvpServer.Federation;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cli;

/// <summary>The command families, each with what it works on.</summary>
internal static class CommandFamilies
{
    public static IReadOnlyList<Command> All =>
    [
        UserCommand.Create(new UserCommandContext(OpenUsers)),
        DnsCommand.Create(OpenDns),
        BackupCommand.CreateBackup(new BackupCommandContext(OpenStore)),
        BackupCommand.CreateRestore(new BackupCommandContext(OpenStore)),
    ];

    private static UserEnvironment OpenUsers(ParseResult parsed)
    {
        var settings = RunArguments.Of(parsed).LoadSettings();
        var store = SqliteFile.Prepare(Path.Combine(settings.DataDirectory, SqliteFile.Name));
        var accounts = new Accounts(store.Open, SecretVault.OpenKeys(settings.DataDirectory), ServerHost.SecretMaker(settings));
        var streams = parsed.InvocationConfiguration;
        return new UserEnvironment(accounts, settings.VirtualServers, settings.MailDomains, Console.In, streams.Output, streams.Error);
    }

    private static DnsCommandEnvironment OpenDns(ParseResult parsed)
    {
        var settings = RunArguments.Of(parsed).LoadSettings();
        var streams = parsed.InvocationConfiguration;
        var resolver = new DomainResolver(new DnsSettings(settings.Dns.Servers, settings.Dns.Timeout), TimeProvider.System, NullLogger<DnsLookup>.Instance);
        return new DnsCommandEnvironment(settings.VirtualServers, settings.MailDomains, resolver, streams.Output, streams.Error);
    }

    private static BackupEnvironment OpenStore(ParseResult parsed)
    {
        var settings = RunArguments.Of(parsed).LoadSettings();
        var streams = parsed.InvocationConfiguration;
        return new BackupEnvironment(Path.Combine(settings.DataDirectory, SqliteFile.Name), streams.Output, streams.Error);
    }
}
