using System.Text.Json;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Federation;

namespace RvpServer.Interop.Ldap;

/// <summary>
/// Two home servers of im.adatum.com as processes of their own, each with a router, one OpenLDAP directory, and one key. Jo Brown is at home on the first, with
/// a password that is kept there.
/// </summary>
public sealed class LdapMoveTests : IAsyncLifetime, IDisposable
{
    private const string Note = "<x:note xmlns:x='urn:x'/>";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder folder = new();
    private readonly int[] ports = [FreePort.Take(), FreePort.Take()];
    private readonly ScriptedDns dns = ScriptedDns.Start("imhomeserver1.adatum.com 60 A 127.0.0.1", "imhomeserver2.adatum.com 60 A 127.0.0.1");
    private readonly List<ServerProcess> servers = [];
    private SlapdServer slapd = null!;
    private string key = "";
    private Person jo = null!;

    public async Task InitializeAsync()
    {
        slapd = await SlapdServer.StartAsync();
        key = folder.WriteSecret("organisation.key", OrganisationKey.Make());
        for (var i = 0; i < 2; i++)
        {
            var admin = FreePort.Take();
            var number = i;
            servers.Add(new ServerProcess(Machine.This, $"http://127.0.0.1:{admin}", at => Configuration(number, at, admin)));
        }
        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: msExchIMPhysicalURL\nmsExchIMPhysicalURL: "
            + $"http://{Home(0)}/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown\n");
        await CommandAsync(0, "passwd", "JoBrown@adatum.com", "--password-stdin");
        foreach (var server in servers) await server.StartAsync();
        jo = new Person(request => RawConnection.AskAsync(ports[0], request), "JoBrown", "im.adatum.com", TestServer.Password);
        await jo.SignsInToPoll();
        await jo.SetsState("busy", 14400);
        await jo.Asks("PROPPATCH", jo.Path, "",
            $"<d:propertyupdate {Person.Namespaces}><d:set><d:prop><x:note xmlns:x='urn:x'>mine</x:note></d:prop></d:set></d:propertyupdate>");
        await jo.Says(jo, "to be fetched");
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        foreach (var server in servers) await server.DisposeAsync();
        await slapd.DisposeAsync();
    }

    public void Dispose()
    {
        dns.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task The_command_moves_her_with_all_that_is_hers_and_the_directory_is_told()
    {
        var ran = await CommandAsync(0, "move", "JoBrown@adatum.com", Home(1));

        Assert.Contains($"Physical URL:  http://{Home(1)}/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown\n", ran, StringComparison.Ordinal);
        await IsWholeAsync();
        await servers[0].KillAsync();
        await servers[0].StartAsync();
        await IsWholeAsync();
        await CommandAsync(1, "move", "JoBrown@adatum.com", Home(0));
        await IsWholeAsync();
        Assert.Contains("to be fetched", (await jo.Polls()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_write_the_directory_is_told_before_anything_has_moved()
    {
        var refused = await RunAsync(0, SlapdServer.Reader, "move", "JoBrown@adatum.com", Home(1));

        Assert.Equal(1, refused.Code);
        Assert.StartsWith("cn=im,dc=adatum,dc=com may not do that (", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NodeMoved", servers[0].Log, StringComparison.Ordinal);
        await IsWholeAsync();
    }

    [Fact]
    public async Task A_home_server_that_does_not_run_sends_nobody()
    {
        await servers[0].KillAsync();

        var refused = await RunAsync(0, SlapdServer.Admin, "move", "JoBrown@adatum.com", Home(1));

        Assert.Equal((1, $"{Home(0)}, where JoBrown@adatum.com is, cannot be reached: its server must be running.\n"), (refused.Code, refused.Error));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Killed_at_any_moment_of_a_move_she_is_whole_and_in_one_place(int victim)
    {
        var settings = RvpSettings.Read(TestConfiguration.Root(
        [
            .. slapd.Keys().Select(pair => KeyValuePair.Create("Rvp:" + pair.Key, pair.Value)), new("Rvp:OrganisationKeyFile", key),
            new("Rvp:VirtualServers:0:Name", "x"), new("Rvp:VirtualServers:0:Domain", "im.adatum.com"), new("Rvp:VirtualServers:0:HostNames:0", "x.adatum.com"),
            new("Rvp:Dns:Servers:0", $"127.0.0.1:{dns.EndPoint.Port}"),
        ]), folder.Path);
        var send = HomeLine.Of(settings);
        var account = new Account("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", [], null, IsEnabled: true);
        foreach (var milliseconds in (int[])[8, 20, 60])
        {
            var moving = send(account, Place(0), Place(1), CancellationToken.None);
            await Task.WhenAny(moving, Task.Delay(milliseconds));
            await servers[victim].KillAsync();
            await IsDoneAsync(moving);
            await servers[victim].StartAsync();

            await IsWholeAsync();
            // Wherever she is: at home on the first again, for the next time.
            await Deadline.Until(
                async () => await IsDoneAsync(send(account, Place(1), Place(0), CancellationToken.None)), "Jo at home", () => "away", Patience);
            await IsWholeAsync();
        }
    }

    private static async Task<bool> IsDoneAsync(Task task)
    {
        await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompletedSuccessfully;
    }

    private async Task IsWholeAsync()
    {
        await Deadline.Until(
            async () => (await jo.Renews(jo.SignIn)).Status == 200, "her sign-in", () => string.Join('\n', servers.Select(server => server.Log)), Patience);
        Assert.Contains("busy", (await jo.LooksUp(jo)).Body, StringComparison.Ordinal);
        Assert.Contains("mine", (await jo.LooksUp(jo, Note)).Body, StringComparison.Ordinal);
        Assert.Equal(200, (await jo.ListsSignIns()).Status);
    }

    private string Home(int number) => $"imhomeserver{number + 1}.adatum.com:{ports[number]}";

    private Rvp.Protocol.HostAndPort Place(int number) => new($"imhomeserver{number + 1}.adatum.com", ports[number]);

    private async Task<string> CommandAsync(int server, params string[] command) =>
        Commands.OutputOf(string.Join(' ', command), await RunAsync(server, SlapdServer.Admin, command));

    private Task<Ran> RunAsync(int server, string bindDn, params string[] command) => Commands.RunAsync(
        "dotnet", [BuiltPrograms.Server, "user", .. command, "--config", Path.Combine(servers[server].Folder, "rvpserver.json")],
        TestServer.Password + "\n",
        new Dictionary<string, string> { ["Rvp__Directory__Ldap__BindDn"] = bindDn, ["DOTNET_ENVIRONMENT"] = "Production" });

    private string Configuration(int number, TempFolder at, int admin) => JsonSerializer.Serialize(new
    {
        Urls = $"http://127.0.0.1:{ports[number]}",
        Rvp = new
        {
            DataDirectory = at.File("data"),
            OrganisationKeyFile = key,
            VirtualServers = new object[]
            {
                new
                {
                    Name = $"imhomeserver{number + 1}", Domain = "im.adatum.com", HostNames = new[] { $"imhomeserver{number + 1}.adatum.com" },
                    Port = ports[number],
                },
                new { Name = "imrouter", Role = "Router", Domain = "im.adatum.com", HostNames = new[] { "im.adatum.com" } },
            },
            MailDomains = new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" },
            Firewall = new { Inside = "Proxy" },
            Directory = new
            {
                Provider = "Ldap",
                Ldap = new
                {
                    Servers = new[] { slapd.Ldap.ToString() },
                    slapd.CaFile,
                    BindDn = SlapdServer.Reader,
                    BindPasswordFile = slapd.PasswordFile,
                    SlapdServer.BaseDn,
                    CacheTtl = "00:05:00",
                    Timeout = "00:00:30",
                    Attributes = new { AccountName = "uid" },
                },
            },
            Dns = new { Servers = new[] { $"127.0.0.1:{dns.EndPoint.Port}" } },
            Admin = new { Url = $"http://127.0.0.1:{admin}" },
        },
    });
}
