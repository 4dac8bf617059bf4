using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Dns;
using RvpServer.Domains;
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
        var keys = SecretVault.OpenKeys(settings.DataDirectory);
        var streams = parsed.InvocationConfiguration;
        if (settings.Directory.Provider == DirectoryProvider.Local)
        {
            var accounts = new Accounts(store.Open, keys, PasswordSecrets.MakerOf(settings));
            return new UserEnvironment(accounts, ImDomains.Of(settings), Console.In, streams.Output, streams.Error);
        }
        var ldap = LdapConfiguration.SettingsOf(settings);
        var domains = ImDomains.Of(settings).All;
        var client = new LdapClient(ldap.Connection, TimeProvider.System, NullLogger<LdapClient>.Instance);
        var people = new LdapAccounts(client, ldap, domains, new OwnPasswords(store.Open, keys), PasswordSecrets.MakerOf(settings));
        return new UserEnvironment(people, ImDomains.Of(settings), Console.In, streams.Output, streams.Error);
    }

    private static DnsCommandEnvironment OpenDns(ParseResult parsed)
    {
        var settings = RunArguments.Of(parsed).LoadSettings();
        var streams = parsed.InvocationConfiguration;
        var resolver = new DomainResolver(new DnsSettings(settings.Dns.Servers, settings.Dns.Timeout), TimeProvider.System, NullLogger<DnsLookup>.Instance);
        return new DnsCommandEnvironment(ImDomains.Of(settings), resolver, streams.Output, streams.Error);
    }

    private static BackupEnvironment OpenStore(ParseResult parsed)
    {
        var settings = RunArguments.Of(parsed).LoadSettings();
        var streams = parsed.InvocationConfiguration;
        return new BackupEnvironment(Path.Combine(settings.DataDirectory, SqliteFile.Name), streams.Output, streams.Error);
    }
}
