using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories.Ldap;

namespace RvpServer.Interop.Ldap;

/// <summary>One password for all home servers of a domain: the directory keeps what proves it, encrypted, and each of them has the key.</summary>
public sealed class LdapSharedPasswordTests : IAsyncLifetime, IDisposable
{
    private const string Attribute = "rvpServerSecrets";

    private readonly TempFolder folder = new();
    private readonly TempFolder another = new();
    private SlapdServer slapd = null!;
    private LdapCommandLine line = null!;

    public async Task InitializeAsync()
    {
        slapd = await SlapdServer.StartAsync();
        folder.WriteSecret("organisation.key", OrganisationKey.Make());
        line = new LdapCommandLine(slapd, folder);
        foreach (var (key, value) in Shared()) line.More[key] = value;
        Commands.OutputOf("add", await line.RunAsync("add", "KariHensien@adatum.com"));
    }

    public async Task DisposeAsync() => await slapd.DisposeAsync();

    public void Dispose()
    {
        folder.Dispose();
        another.Dispose();
    }

    [Fact]
    public async Task A_password_that_is_set_once_proves_by_Digest_and_NTLM_on_every_home_server()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        Assert.Equal(["401", "401"], [await CurlAsync(first, "--digest", TestServer.Password), await CurlAsync(second, "--ntlm", TestServer.Password)]);

        Assert.Equal(new Ran(0, "KariHensien@adatum.com has a new password.\n", ""), await SetAsync(TestServer.Password));

        foreach (var server in new[] { first, second })
        {
            foreach (var scheme in new[] { "--digest", "--ntlm" })
            {
                Assert.Equal("200", await CurlAsync(server, scheme, TestServer.Password));
                Assert.Equal("401", await CurlAsync(server, scheme, "Another-Word-2"));
            }
        }
    }

    [Fact]
    public async Task A_new_password_works_everywhere_at_once_and_ends_the_sign_ins_made_with_the_old_one()
    {
        await SetAsync(TestServer.Password);
        // Only a look past what is remembered can see the change in time.
        await using var server = await StartAsync(("Directory:Ldap:CacheTtl", "01:00:00"));
        await using var kari = server.Person("KariHensien");
        await using var same = server.Person("KariHensien", password: "Another-Word-2");
        await using var late = server.Person("KariHensien");
        await kari.SignsInToPoll();

        await SetAsync("Another-Word-2");

        Assert.Equal(200, (await same.SignsInToPoll()).Status);
        Assert.Equal(401, (await late.SignsInToPoll()).Status);
        var last = 0;
        await Deadline.Until(
            async () => (last = (await same.Asks("POLL", same.Path, $"Subscription-Id: {kari.SignIn}\r\n")).Status) == 412,
            "the end of the earlier sign-in", () => $"{last}", TimeSpan.FromSeconds(20));
        Assert.Equal(204, (await same.Polls()).Status);
    }

    [Fact]
    public async Task On_the_machine_where_it_is_set_it_ends_them_by_itself()
    {
        await SetAsync(TestServer.Password);
        await using var server = await StartAsync(("Directory:Ldap:CacheTtl", "01:00:00"), ("DataDirectory", folder.Path));
        await using var kari = server.Person("KariHensien");
        await kari.SignsInToPoll();

        await SetAsync("Another-Word-2");

        var last = 0;
        await Deadline.Until(
            async () => (last = (await kari.Polls()).Status) is 401 or 412, "the end of the sign-in", () => $"{last}", TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task What_is_copied_to_somebody_else_or_broken_opens_nothing_and_is_told_once()
    {
        await SetAsync(TestServer.Password);
        var log = new LogCollector();
        await slapd.ChangeAsync(
            $"dn: {SlapdServer.Jo}\nchangetype: modify\ndelete: sambaNTPassword\n-\nreplace: {Attribute}\n{Attribute}: {await ReadAsync()}\n");
        var settings = slapd.Settings with
        {
            Attributes = slapd.Settings.Attributes with { Secrets = Attribute },
            Secrets = new SharedSecrets(Key().Derive("passwords"), isForNtlm: true),
        };
        await using var client = new Rvp.Ldap.LdapClient(settings.Connection, TimeProvider.System, log.Of<Rvp.Ldap.LdapClient>());
        using var directory = new LdapDirectory(client, settings, [new("im.adatum.com", ["adatum.com"], [])], (_, _) => throw new InvalidOperationException(),
            TimeProvider.System, log.Of<LdapDirectory>());
        var jo = await directory.FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);
        var kari = await directory.FindAsync("im.adatum.com", "KariHensien", CancellationToken.None);

        Assert.NotNull(await directory.FindSecretsAsync(kari!, CancellationToken.None));
        Assert.Null(await directory.FindSecretsAsync(jo!, CancellationToken.None));
        Assert.Null(await directory.FindSecretsAsync(jo!, CancellationToken.None));

        Assert.Equal($"{Attribute} of {SlapdServer.Jo} is of no use: it is broken, copied from another entry, or made with another key than "
            + "OrganisationKeyFile's; set the password again with rvpserver user passwd", Assert.Single(log.Lines));
    }

    [Fact]
    public async Task Nobody_but_the_servers_accounts_reads_it_and_it_goes_with_the_account()
    {
        await SetAsync(TestServer.Password);

        Assert.NotEqual("", await ReadAsync());
        Assert.Equal("", await ReadAsync(SlapdServer.Kari, SlapdServer.PeoplePassword));

        Assert.Equal(0, (await line.RunAsync("remove", "KariHensien@adatum.com")).Code);
        Assert.Equal("", await ReadAsync());
    }

    [Fact]
    public async Task Without_it_the_command_line_says_that_a_password_holds_on_one_machine()
    {
        await slapd.ChangeAsync($"""
            dn: {SlapdServer.Jo}
            changetype: modify
            replace: msExchIMPhysicalURL
            msExchIMPhysicalURL: http://imhomeserver2.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown

            """);
        var own = new LdapCommandLine(slapd, another);
        const string cure = "let the directory keep it: Rvp:Directory:Ldap:Attributes:Secrets.\n";

        var here = await own.RunAsync(SlapdServer.Admin, "Pass-Word-1\n", ["passwd", "KariHensien@adatum.com", "--password-stdin"]);
        var elsewhere = await own.RunAsync(SlapdServer.Admin, "Pass-Word-1\n", ["passwd", "JoBrown@adatum.com", "--password-stdin"]);
        var shown = await own.RunAsync("show", "KariHensien@adatum.com");

        const string others = "A password that is set here holds on this machine alone, and im.adatum.com has other home servers, which ask "
            + "KariHensien@adatum.com for it too. Set it on each of them, or " + cure;
        Assert.Equal(new Ran(0, "KariHensien@adatum.com has a new password.\n", others), here);
        Assert.Equal(new Ran(0, "JoBrown@adatum.com has a new password.\n",
            "A password that is set here holds on this machine alone; JoBrown@adatum.com is on imhomeserver2.adatum.com, where it has no effect. Set it on "
            + "every home server of im.adatum.com, or " + cure), elsewhere);
        Assert.Equal(others, shown.Error);
    }

    private Dictionary<string, string?> Shared() => new()
    {
        ["OrganisationKeyFile"] = folder.File("organisation.key"),
        ["Directory:Ldap:Attributes:Secrets"] = Attribute,
    };

    private OrganisationKey Key() => OrganisationKey.Read(folder.File("organisation.key"), folder.Path, new Mistakes())!;

    private Task<Ran> SetAsync(string password) =>
        line.RunAsync(SlapdServer.Admin, password + "\n", ["passwd", "KariHensien@adatum.com", "--password-stdin"]);

    // Kari's value, as text; empty if there is none to be seen.
    private async Task<string> ReadAsync(string bindDn = SlapdServer.Admin, string password = SlapdServer.ServicePassword)
    {
        var found = await Commands.DoAsync(
            "ldapsearch", ["-x", "-LLL", "-o", "ldif-wrap=no", "-H", slapd.Ldap.ToString(), "-D", bindDn, "-w", password, "-b", SlapdServer.Kari, Attribute]);
        return found.Split('\n').FirstOrDefault(text => text.StartsWith(Attribute + ": ", StringComparison.Ordinal))?[(Attribute.Length + 2)..] ?? "";
    }

    private Task<TestServer> StartAsync(params (string Key, string Value)[] further)
    {
        var keys = slapd.Keys();
        foreach (var (key, value) in Shared()) keys[key] = value;
        foreach (var (key, value) in further) keys[key] = value;
        return TestServer.StartAsync(keys);
    }

    private static Task<string> CurlAsync(TestServer server, string scheme, string password) => Commands.DoAsync(
        "curl",
        [
            "-s", "-o", "/dev/null", "-w", "%{http_code}", scheme, "-u", $"KariHensien:{password}", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify",
            "-H", "Host: im.adatum.com",
            $"http://127.0.0.1:{server.Port}/instmsg/aliases/KariHensien",
        ]);
}
