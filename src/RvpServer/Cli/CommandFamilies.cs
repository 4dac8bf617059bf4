using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using RvpServer.Authentication;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Runtime;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Cli;

/// <summary>The command families, each with its subject.</summary>
internal static class CommandFamilies
{
    public static IReadOnlyList<Command> All =>
    [
        UserCommand.Create(Opening(AccountsOf)),
        DnsCommand.Create(Opening(DnsOf)),
        BackupCommand.CreateBackup(Opening(StoreFileOf)),
        BackupCommand.CreateRestore(Opening(StoreFileOf)),
    ];

    private static Func<ParseResult, CommandContext<T>> Opening<T>(Func<RvpSettings, T> subjectOf) =>
        parsed => new CommandContext<T>(parsed, subjectOf(RunArguments.Of(parsed).LoadSettings()), Console.In);

    private static UserSubject AccountsOf(RvpSettings settings)
    {
        var store = SqliteFile.Prepare(StoreFileOf(settings));
        var keys = SecretVault.OpenKeys(settings.DataDirectory);
        var makeSecrets = PasswordSecrets.MakerOf(settings);
        var rules = new PasswordRules(settings.Authentication.MinPasswordLength);
        var domains = ImDomains.Of(settings);
        var homes = new UserHomes(domains);
        if (settings.Directory.Provider == DirectoryProvider.Local) return new UserSubject(new Accounts(store.Open, keys, makeSecrets, rules), homes);
        var ldap = LdapConfiguration.SettingsOf(settings);
        var client = new LdapClient(ldap.Connection, WallClock.OfMachine, NullLogger<LdapClient>.Instance);
        return new UserSubject(new LdapAccounts(client, ldap, domains.All, new OwnPasswords(store.Open, keys), makeSecrets, rules), homes, client);
    }

    private static DnsSubject DnsOf(RvpSettings settings) => new(
        ImDomains.Of(settings),
        new DomainResolver(settings.Dns, WallClock.OfMachine, NullLogger<DnsLookup>.Instance));

    private static string StoreFileOf(RvpSettings settings) => Path.Combine(settings.DataDirectory, SqliteFile.Name);
}
