using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using RvpServer.Administration;
using RvpServer.Authentication;
using RvpServer.Cli.Selftest;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Dns;
using RvpServer.Domains;
using RvpServer.Federation;
using RvpServer.Runtime;
using RvpServer.Storage;

namespace RvpServer.Cli;

/// <summary>The command families, each with its subject.</summary>
internal static class CommandFamilies
{
    private const string OwnName = "__Directory__Ldap__BindDn";

    public static IReadOnlyList<Command> All =>
    [
        UserCommand.Create(Opening(AccountsOf)),
        AdminCommand.Create(Opening(RolesOf)),
        AuditCommand.Create(Opening(RolesOf)),
        DnsCommand.Create(Opening(DnsOf)),
        BackupCommand.CreateBackup(Opening(ConfiguredDatabase.RequireFile)),
        BackupCommand.CreateRestore(Opening(ConfiguredDatabase.RequireFile)),
        RepairCommand.Create(Opening(ConfiguredDatabase.RequireFile)),
        StoreCommand.Create(Opening(settings => settings)),
        ClusterCommand.Create(Opening(settings => settings)),
        DrainCommand.Create(Opening(settings => settings), Here),
        PlanCommand.Create(),
        KeyCommand.Create(),
        SelftestCommand.Create(Opening(settings => new SelftestSubject(settings, AccountsOf(settings)))),
    ];

    private static Administrator Here => Administrator.OfOperatingSystem(Environment.UserName);

    private static Func<ParseResult, CommandContext<T>> Opening<T>(Func<RvpSettings, T> subjectOf) =>
        parsed => new CommandContext<T>(parsed, subjectOf(RunArguments.Of(parsed).LoadSettings()), Console.In);

    // Through the server where one runs, so that there are no two who write to the store.
    private static UserSubject AccountsOf(RvpSettings settings)
    {
        var domains = ImDomains.Of(settings);
        var homes = new UserHomes(domains);
        var search = new HomeSearch(
            domains, new DomainResolver(settings.Dns, WallClock.OfMachine, NullLogger<DnsLookup>.Instance), HomeLine.Greeting(settings));
        var server = HasOwnNameInDirectory(settings) ? null : AdminClient.Find(settings);
        if (server is not null) return new UserSubject(new RemoteAccounts(server, settings.Directories), homes, search, server);
        var (services, client) = OpenStore(settings);
        return new UserSubject(services.AccountsFor(Here), homes, search, client);
    }

    private static AdminSubject RolesOf(RvpSettings settings)
    {
        if (AdminClient.Find(settings) is { } server)
        {
            var remote = new RemoteRoles(server);
            return new AdminSubject(remote, remote, server);
        }
        var (services, client) = OpenStore(settings);
        return new AdminSubject(services.RolesFor(Here), services.AuditFor(Here), client);
    }

    // Who gives the command line a name of its own in a directory wants that one's rights: the server's may not reach so far.
    private static bool HasOwnNameInDirectory(RvpSettings settings) =>
        settings.Directories.Any(directory => directory.Options.Provider == DirectoryProvider.Ldap)
        && Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(IsOwnName);

    private static bool IsOwnName(string variable) =>
        variable.StartsWith("Rvp__", StringComparison.OrdinalIgnoreCase) && variable.EndsWith(OwnName, StringComparison.OrdinalIgnoreCase);

    private static (AdminServices Services, IAsyncDisposable? Client) OpenStore(RvpSettings settings)
    {
        var database = ConfiguredDatabase.Open(settings);
        var keys = SecretVault.OpenKeys(database, settings.DataDirectory);
        var makeSecrets = PasswordSecrets.MakerOf(settings);
        var rules = PasswordRules.Of(settings.Authentication);
        var limits = AccountLimits.Of(settings);
        var domains = ImDomains.Of(settings);
        var clients = new Connections();
        if (database is IAsyncDisposable pool) clients.Add(pool);
        var accounts = RoutedAccounts.Of([.. settings.Directories.Select(directory => (directory, Open(directory)))], domains);
        var services = new AdminServices(database, accounts, domains, HomeLine.Of(settings), new WallClock(WallClock.OfMachine), WallClock.OfMachine);
        return (services, clients);

        IAccounts Open(DirectorySettings directory)
        {
            if (directory.Options.Provider == DirectoryProvider.Local) return new Accounts(database, keys, makeSecrets, rules, limits);
            var ldap = LdapConfiguration.SettingsOf(directory, settings);
            var client = new LdapClient(ldap.Connection, WallClock.OfMachine, NullLogger<LdapClient>.Instance);
            clients.Add(client);
            return new LdapAccounts(
                client, ldap, domains.These(directory.Domains), new OwnPasswords(database, keys), makeSecrets, rules, WallClock.OfMachine, limits);
        }
    }

    private static DnsSubject DnsOf(RvpSettings settings) => new(
        ImDomains.Of(settings),
        new DomainResolver(settings.Dns, WallClock.OfMachine, NullLogger<DnsLookup>.Instance));

    /// <summary>The connections to the store and to directories, closed together.</summary>
    private sealed class Connections : IAsyncDisposable
    {
        private readonly List<IAsyncDisposable> all = [];

        public void Add(IAsyncDisposable client) => all.Add(client);

        public async ValueTask DisposeAsync()
        {
            foreach (var client in all) await client.DisposeAsync();
        }
    }
}
