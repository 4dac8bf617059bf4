using System.Globalization;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Interop.Networks;
using RvpServer.Interop.Pidgin;
using Xunit.Abstractions;

namespace RvpServer.Interop.Samba;

/// <summary>
/// A router and two home servers of a domain, and its attribute for passwords as deploy/ldap adds it: Jo Brown and Kari Hensien at Pidgin, by Digest, with
/// passwords that were set once.
/// </summary>
[Trait("Category", "Samba")]
public sealed class ActiveDirectoryScenariosTests(SambaDomain domain, ITestOutputHelper output) : IClassFixture<SambaDomain>, IAsyncLifetime
{
    private const string People = "CN=Users,DC=adatum,DC=com";

    // Samba takes what Windows' ldifde takes; its head names it so.
    private const string Attribute = "6b176a12-28be-483d-993d-c1ef2a984d90";

    private static readonly (string Host, string Role, string Address)[] Hosts =
        [("im", "Router", "127.0.1.3"), ("imhomeserver1", "Home", "127.0.1.1"), ("imhomeserver2", "Home", "127.0.1.2")];

    private readonly List<ServerProcess> servers = [];
    private readonly List<PurpleClient> clients = [];

    public async Task InitializeAsync()
    {
        await ExtendSchemaAsync();
        // Pidgin asks the hosts file, and the servers ask DNS.
        await File.WriteAllTextAsync($"/etc/netns/{domain.Machine.Namespace}/hosts",
            "127.0.0.1 localhost dc1.adatum.com dc1\n" + string.Concat(Hosts.Select(host => $"{host.Address} {host.Host}.adatum.com\n")));
        foreach (var (host, _, address) in Hosts)
        {
            Commands.OutputOf("samba-tool", await domain.RunAsync(
                "samba-tool", "dns", "add", "dc1.adatum.com", "adatum.com", host, "A", address, "-U", "Administrator%Admin-Word-1"));
        }
        var key = domain.WriteSecret("organisation.key", OrganisationKey.Make());
        servers.AddRange(Hosts.Select((host, i) => new ServerProcess(domain.Machine, AdminUrl(i), folder => Configuration(folder, key, i))));
        await Task.WhenAll(servers.Select(server => server.StartAsync()));
    }

    public async Task DisposeAsync()
    {
        foreach (var client in clients)
        {
            output.WriteLine($"{client.Address}:\n{client.Transcript}");
            await client.DisposeAsync();
        }
        foreach (var server in servers)
        {
            output.WriteLine($"{server.Log}\n{string.Join('\n', RequestLog.Read(server.Folder))}");
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task They_play_the_seven_scenarios_with_passwords_that_were_set_once_and_that_nobody_of_the_domain_reads()
    {
        await servers[1].CommandAsync("", "user", "move", "KariHensien@adatum.com", "--home", "imhomeserver2.adatum.com");
        await servers[1].CommandAsync("Jos-Word-1", "user", "passwd", "JoBrown@adatum.com", "--password-stdin");
        await servers[1].CommandAsync("Karis-Word-1", "user", "passwd", "KariHensien@adatum.com", "--password-stdin");

        await SevenScenarios.PlayAsync(Pidgin("JoBrown", "Jos-Word-1"), Pidgin("KariHensien", "Karis-Word-1"));

        Assert.Contains("rvpServerSecrets:", await ReadAsync("im@adatum.com", "Service-Word-1"), StringComparison.Ordinal);
        Assert.DoesNotContain("rvpServerSecrets:", await ReadAsync("KariHensien@adatum.com", SambaDomain.Password), StringComparison.Ordinal);
    }

    private async Task<string> ReadAsync(string who, string password) => (await domain.RunAsync(
        "ldapsearch", "-x", "-ZZ", "-LLL", "-H", "ldap://dc1.adatum.com", "-D", who, "-w", password, "-b", People, "(sAMAccountName=JoBrown)",
        "rvpServerSecrets")).Out;

    private async Task ExtendSchemaAsync()
    {
        var database = domain.PathOf("private/sam.ldb");
        var schema = (await File.ReadAllTextAsync(Repository.PathOf("deploy/ldap/active-directory/rvpserversecrets.ldf")))
            .Replace("DC=X", "DC=adatum,DC=com", StringComparison.Ordinal);
        // One by one: a class can name an attribute only when the schema has been read again, for which Windows has an entry of its own.
        var changes = schema.Split("\n\n").Where(entry => entry.Contains("changetype", StringComparison.Ordinal));
        foreach (var entry in changes.Where(entry => !entry.Contains("schemaUpdateNow", StringComparison.Ordinal)))
        {
            Commands.OutputOf("ldbmodify", await Commands.RunAsync(domain.Machine.Command(
                "ldbmodify", "-H", database, "--option=dsdb:schema update allowed=true"), entry + "\n"));
        }
        var sid = (await domain.Machine.DoAsync("ldbsearch", "-H", database, "(sAMAccountName=im)", "objectSid"))
            .Split('\n').Single(line => line.StartsWith("objectSid: ", StringComparison.Ordinal))["objectSid: ".Length..].Trim();
        // What dsacls of its head does on Windows: to read it and to write it, for the server's account alone; and Exchange's attributes as they were.
        await domain.AdministerAsync("dsacl", "set", $"--objectdn={People}", $"--sddl=(OA;CIIO;RPWPCR;{Attribute};;{sid})(A;CIIO;WP;;;{sid})");
    }

    private PurpleClient Pidgin(string account, string password)
    {
        var client = PurpleClient.Start($"{account}@im.adatum.com", password, machine: domain.Machine);
        clients.Add(client);
        return client;
    }

    private static string AdminUrl(int number) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{8091 + number}");

    private string Configuration(TempFolder folder, string key, int number) => $$"""
        {
          "Urls": "http://{{Hosts[number].Address}}:80",
          "Rvp": {
            "DataDirectory": "{{folder.File("data")}}",
            "OrganisationKeyFile": "{{key}}",
            "VirtualServers": [ { "Name": "{{Hosts[number].Host}}", "Role": "{{Hosts[number].Role}}", "Domain": "im.adatum.com",
              "HostNames": ["{{Hosts[number].Host}}.adatum.com"] } ],
            "Federation": { "Trusted": ["127.0.0.0/8"] },
            "MailDomains": { "adatum.com": "im.adatum.com" },
            "Directory": { "Provider": "Ldap", "Ldap": {
              "Servers": ["ldap://dc1.adatum.com"], "CaFile": "{{domain.PathOf("private/tls/ca.pem")}}", "BindDn": "im@adatum.com",
              "BindPasswordFile": "{{domain.PathOf("ldap.secret")}}", "BaseDn": "dc=adatum,dc=com", "Attributes": { "Secrets": "rvpServerSecrets" } } },
            "ProtocolLog": { "Directory": "{{RequestLog.FolderIn(folder.Path)}}" },
            "Admin": { "Url": "{{AdminUrl(number)}}" }
          }
        }
        """;
}
