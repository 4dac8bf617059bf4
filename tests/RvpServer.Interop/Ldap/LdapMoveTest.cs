using System.Text.Json;
using Rvp.Testing;
using RvpServer.Configuration;

namespace RvpServer.Interop.Ldap;

/// <summary>
/// Two home servers of im.adatum.com as processes of their own, each with a router, one OpenLDAP directory, and one key. Jo Brown is at home on the first, with
/// a password that is kept there.
/// </summary>
public abstract class LdapMoveTest : IAsyncLifetime, IDisposable
{
    private protected const string Note = "<x:note xmlns:x='urn:x'/>";
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<ServerProcess> servers = [];
    private readonly List<int> ports = [];

    /// <summary>The home server that each process is, by its number.</summary>
    private protected virtual IReadOnlyList<int> Processes => [0, 1];

    private protected TempFolder Files { get; } = new();

    private protected ScriptedDns Dns { get; } = ScriptedDns.Start("imhomeserver1.adatum.com 60 A 127.0.0.1", "imhomeserver2.adatum.com 60 A 127.0.0.1");

    private protected IReadOnlyList<ServerProcess> Servers => servers;

    private protected SlapdServer Slapd { get; private set; } = null!;

    private protected string Key { get; private set; } = "";

    private protected Person Jo { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Slapd = await SlapdServer.StartAsync();
        Key = Files.WriteSecret("organisation.key", OrganisationKey.Make());
        ports.AddRange(Processes.Select(_ => FreePort.Take()));
        for (var i = 0; i < ports.Count; i++)
        {
            var (process, admin) = (i, FreePort.Take());
            servers.Add(new ServerProcess(Machine.This, $"http://127.0.0.1:{admin}", at => Configuration(process, at, admin)));
        }
        await Slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: msExchIMPhysicalURL\nmsExchIMPhysicalURL: "
            + $"http://{Home(0)}/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown\n");
        await CommandAsync(0, "passwd", "JoBrown@adatum.com", "--password-stdin");
        foreach (var server in servers) await server.StartAsync();
        Jo = new Person(Ask, "JoBrown", "im.adatum.com", TestServer.Password);
        await Jo.SignsInToPoll();
        await Jo.SetsState("busy", 14400);
        await Jo.Asks("PROPPATCH", Jo.Path, "",
            $"<d:propertyupdate {Person.Namespaces}><d:set><d:prop><x:note xmlns:x='urn:x'>mine</x:note></d:prop></d:set></d:propertyupdate>");
        await Jo.Says(Jo, "to be fetched");
    }

    public virtual async Task DisposeAsync()
    {
        if (Jo is not null) await Jo.DisposeAsync();
        foreach (var server in servers) await server.DisposeAsync();
        await Slapd.DisposeAsync();
    }

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool isDisposing)
    {
        Dns.Dispose();
        Files.Dispose();
    }

    /// <summary>Asks the first process.</summary>
    private protected Task<RawAnswer> Ask(string request) => RawConnection.AskAsync(ports[0], request);

    /// <summary>More of a process's section Rvp.</summary>
    private protected virtual IReadOnlyDictionary<string, object> More(int process) => new Dictionary<string, object>();

    private protected async Task IsWholeAsync()
    {
        await Deadline.Until(
            async () => (await Jo.Renews(Jo.SignIn)).Status == 200, "her sign-in", () => string.Join('\n', servers.Select(server => server.Log)), Patience);
        Assert.Contains("busy", (await Jo.LooksUp(Jo)).Body, StringComparison.Ordinal);
        Assert.Contains("mine", (await Jo.LooksUp(Jo, Note)).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await Jo.ListsSignIns()).Status);
    }

    private protected string Home(int number) => Place(number).ToString();

    private protected Rvp.Protocol.HostAndPort Place(int number) =>
        new($"imhomeserver{number + 1}.adatum.com", ports[Processes.ToList().IndexOf(number)]);

    private protected async Task<string> CommandAsync(int process, params string[] command) =>
        Commands.OutputOf(string.Join(' ', command), await RunAsync(process, SlapdServer.Admin, ["user", .. command]));

    private protected Task<Ran> RunAsync(int process, string bindDn, params string[] command) => Commands.RunAsync(
        "dotnet", [BuiltPrograms.Server, .. command, "--config", Path.Combine(servers[process].Folder, "rvpserver.json")],
        TestServer.Password + "\n",
        new Dictionary<string, string> { ["Rvp__Directory__Ldap__BindDn"] = bindDn, ["DOTNET_ENVIRONMENT"] = "Production" });

    private string Configuration(int process, TempFolder at, int admin)
    {
        var home = Place(Processes[process]);
        var name = home.Host[..home.Host.IndexOf('.', StringComparison.Ordinal)];
        var settings = new Dictionary<string, object>(More(process))
        {
            ["DataDirectory"] = at.File("data"),
            ["OrganisationKeyFile"] = Key,
            ["VirtualServers"] = new object[]
            {
                new { Name = name, Domain = "im.adatum.com", HostNames = new[] { home.Host }, home.Port },
                new { Name = "imrouter", Role = "Router", Domain = "im.adatum.com", HostNames = new[] { "im.adatum.com" } },
            },
            ["MailDomains"] = new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" },
            ["Firewall"] = new { Inside = "Proxy" },
            ["Directory"] = new
            {
                Provider = "Ldap",
                Ldap = new
                {
                    Servers = new[] { Slapd.Ldap.ToString() },
                    Slapd.CaFile,
                    BindDn = SlapdServer.Reader,
                    BindPasswordFile = Slapd.PasswordFile,
                    SlapdServer.BaseDn,
                    CacheTtl = "00:05:00",
                    Timeout = "00:00:30",
                    Attributes = new { AccountName = "uid" },
                },
            },
            ["Dns"] = new { Servers = new[] { $"127.0.0.1:{Dns.EndPoint.Port}" } },
            ["Admin"] = new { Url = $"http://127.0.0.1:{admin}" },
        };
        return JsonSerializer.Serialize(new { Urls = $"http://127.0.0.1:{ports[process]}", Rvp = settings });
    }
}
