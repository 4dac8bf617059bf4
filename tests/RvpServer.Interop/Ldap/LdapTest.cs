using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Rvp.Ldap;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Directories.Local;
using RvpServer.Domains;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Interop.Ldap;

/// <summary>A slapd of one's own for every test (a third of a second), and the parts under test on it.</summary>
public abstract class LdapTest : IAsyncLifetime
{
    private readonly List<LdapClient> clients = [];
    private readonly LogCollector log = new();
    private readonly string folder = Directory.CreateTempSubdirectory("rvp-test-").FullName;

    private protected static readonly IReadOnlyList<ImDomain> Domains = [new("im.adatum.com", ["adatum.com"], [])];

    private protected SlapdServer Slapd { get; private set; } = null!;

    private protected IReadOnlyList<string> Log => log.Lines;

    public async Task InitializeAsync() => Slapd = await SlapdServer.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var client in clients) await client.DisposeAsync();
        await Slapd.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private protected LdapClient Client(LdapSettings settings)
    {
        var client = new LdapClient(settings, TimeProvider.System, log.Of<LdapClient>());
        clients.Add(client);
        return client;
    }

    private protected LdapDirectory Open(LdapSettings connection) => Open(Slapd.Settings with { Connection = connection });

    // The password's letters stand for the forms that the real one computes: enough to see that it was asked, and with what.
    private protected LdapDirectory Open(LdapAccountSettings settings) => new(
        Client(settings.Connection),
        settings,
        Domains,
        (account, password) => new AccountSecrets(new Dictionary<string, byte[]> { [account.Name] = System.Text.Encoding.UTF8.GetBytes(password) }, [1]),
        TimeProvider.System,
        log.Of<LdapDirectory>());

    private protected CachedDirectory Cache(IDirectory directory, TimeSpan ttl) =>
        new(directory, new CacheLimits(ttl, TimeSpan.FromSeconds(30)), TimeProvider.System, log.Of<CachedDirectory>());

    private protected LdapAccounts Accounts(string bindDn = SlapdServer.Admin) => Accounts(bindDn, Slapd.Settings);

    private protected LdapAccounts Accounts(string bindDn, LdapAccountSettings settings)
    {
        settings = settings with { Connection = settings.Connection with { BindDn = bindDn } };
        var store = SqliteFile.Prepare(Path.Combine(folder, SqliteFile.Name));
        var passwords = new OwnPasswords(store, new EphemeralDataProtectionProvider());
        return new LdapAccounts(Client(settings.Connection), settings, Domains, passwords, MakeSecrets, new PasswordRules(8), TimeProvider.System);
    }

    private protected static AccountSecrets MakeSecrets(Account account, string password)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(account.Name + ":" + password))[..16];
        return new AccountSecrets(new Dictionary<string, byte[]> { [account.Name] = hash }, hash);
    }

    private protected static NewAccount New(string address, string? home = "imhomeserver1.adatum.com", string? person = null) =>
        new("im.adatum.com", TestAccount.AddressOf(address), null, home, null) { Person = person };

    private protected static Task<Account?> FindAsync(IDirectory directory, string name) =>
        directory.FindAsync("im.adatum.com", name, CancellationToken.None).AsTask();
}
