using Rvp.Testing;
using RvpServer.Directories;

namespace RvpServer.Interop.Ldap;

/// <summary>The user commands of the real program on a real directory.</summary>
public sealed class LdapUserCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder folder = new();
    private SlapdServer slapd = null!;

    public async Task InitializeAsync() => slapd = await SlapdServer.StartAsync();

    public async Task DisposeAsync() => await slapd.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_life_of_an_account_of_a_person_in_the_directory()
    {
        var enabled = """
            IM address:    KariHensien@adatum.com
            Logical URL:   http://im.adatum.com/instmsg/aliases/KariHensien
            Physical URL:  http://im.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien

            """;
        Assert.Equal("disabled", Line(Done(await UserAsync("show", "KariHensien@adatum.com")), "State:"));
        Assert.Equal(enabled, Done(await UserAsync("add", "KariHensien@adatum.com")));
        Assert.Equal("imhomeserver1", Line(Done(await UserAsync("show", "KariHensien@adatum.com")), "Home server:"));

        var list = Done(await UserAsync("list")).Split('\n');
        Assert.Equal(["JoBrown@adatum.com", "KariHensien@adatum.com"], list.Skip(1).Where(line => line.Length > 0).Select(line => line.Split(' ')[0]));

        Assert.Equal(Refused(PersonMove.NoKey), await UserAsync("move", "KariHensien@adatum.com", "im9.adatum.com", "--unchecked"));
        Assert.Equal("imhomeserver1", Line(Done(await UserAsync("show", "KariHensien@adatum.com")), "Home server:"));
        Assert.Equal("KariHensien@adatum.com has the address kh@adatum.com. Signing in with it works once the password is set again.\n",
            Done(await UserAsync("alias", "KariHensien@adatum.com", "kh@adatum.com")));
        Assert.Equal("KariHensien@adatum.com is disabled.\n", Done(await UserAsync("disable", "kh@adatum.com")));
        var disabled = Done(await UserAsync("show", "KariHensien@adatum.com"));
        Assert.Equal(("disabled", "imhomeserver1"), (Line(disabled, "State:"), Line(disabled, "Home server:")));
        Assert.Equal("KariHensien@adatum.com is enabled.\n", Done(await UserAsync("enable", "KariHensien@adatum.com")));
        Assert.Equal("imhomeserver1", Line(Done(await UserAsync("show", "kh@adatum.com")), "Home server:"));
        Assert.Equal("KariHensien@adatum.com no longer has the address kh@adatum.com.\n",
            Done(await UserAsync("alias", "KariHensien@adatum.com", "kh@adatum.com", "--remove")));
        Assert.Equal("KariHensien@adatum.com is removed.\n", Done(await UserAsync("remove", "KariHensien@adatum.com")));
        Assert.Equal("disabled", Line(Done(await UserAsync("show", "KariHensien@adatum.com")), "State:"));
    }

    [Fact]
    public async Task What_only_the_directorys_own_tools_can_do_is_said_plainly()
    {
        Assert.Equal(Refused("NoSuchPerson@adatum.com has no account."), await UserAsync("show", "NoSuchPerson@adatum.com"));
        Assert.Equal(
            Refused("The directory has nobody called NoSuchPerson@adatum.com: say who it is with --person and a distinguished name, an account name or a mail "
                + "address."),
            await UserAsync("add", "NoSuchPerson@adatum.com"));
        Assert.Equal(Refused("The shown name is the directory's: change displayName there."),
            await UserAsync("add", "KariHensien@adatum.com", "--display", "Kari"));
        Assert.Equal(
            Refused($"{SlapdServer.Jo} has an account already: JoBrown@adatum.com, on imhomeserver1. user move gives it another home server, user alias a "
                + "further address."),
            await UserAsync("add", "JoBrown@adatum.com", "--home", "imhomeserver2.adatum.com", "--unchecked"));
        Assert.Equal("imhomeserver1", Line(Done(await UserAsync("show", "JoBrown@adatum.com")), "Home server:"));
    }

    [Fact]
    public async Task A_file_enables_people_of_the_directory_and_once_more_changes_nothing()
    {
        var csv = folder.Write("people.csv", "address,person,password\nkari@im.adatum.com,KariHensien,Pass-Word-1\n");

        Assert.Equal("1 account imported.\n", Done(await UserAsync("import", csv)));
        var kari = Done(await UserAsync("show", "kari@im.adatum.com"));
        Assert.Equal(("kari@im.adatum.com", "enabled"), (Line(kari, "IM address:"), Line(kari, "State:")));
        Assert.Equal("1 account imported.\n", Done(await UserAsync("import", csv)));
        Assert.Equal(kari, Done(await UserAsync("show", "kari@im.adatum.com")));

        var wrong = folder.Write("wrong.csv", "address\nkari@im.adatum.com\nJoBrown@contoso.com\n");
        Assert.Equal(
            Refused("Line 3: The mail domain contoso.com stands for no IM domain: add it to Rvp:MailDomains, or name one with --domain. Nothing was imported."),
            await UserAsync("import", wrong));
    }

    [Fact]
    public async Task People_sign_in_with_either_of_their_names()
    {
        await slapd.ChangeAsync($"dn: {SlapdServer.Kari}\nchangetype: modify\nreplace: uid\nuid: khensien\n");
        Done(await UserAsync("add", "KariHensien@adatum.com"));
        Done(await BoundAsync(SlapdServer.Admin, TestServer.Password + "\n", "passwd", "KariHensien@adatum.com", "--password-stdin"));
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?>(slapd.Keys()) { ["DataDirectory"] = folder.Path });

        var answers = new List<string>();
        foreach (var name in new[] { "KariHensien", "khensien", @"ADATUM\khensien", "khensien@adatum.com", "khensien2" })
            answers.Add(await CurlAsync(server, "--digest", name, TestServer.Password));
        answers.Add(await CurlAsync(server, "--ntlm", "khensien", TestServer.Password));

        Assert.Equal(["200", "200", "200", "200", "401", "200"], answers);
    }

    [Fact]
    public async Task An_account_that_may_only_read_is_told_what_it_lacks()
    {
        var ran = await BoundAsync(SlapdServer.Reader, "", "disable", "JoBrown@adatum.com");

        Assert.Equal(1, ran.Code);
        Assert.StartsWith("cn=im,dc=adatum,dc=com may not do that (", ran.Error, StringComparison.Ordinal);
        Assert.EndsWith("grant it write access to msExchIMAddress, msExchIMMetaPhysicalURL and msExchIMPhysicalURL\n", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_one_line_and_exit_code_1()
    {
        await slapd.KillAsync();

        var ran = await UserAsync("list");

        Assert.Equal(1, ran.Code);
        Assert.StartsWith("No directory server answers: ", ran.Error, StringComparison.Ordinal);
        Assert.Single(ran.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_password_that_is_set_here_proves_by_Digest_where_the_directory_has_nothing_and_goes_with_the_account()
    {
        Done(await UserAsync("add", "KariHensien@adatum.com"));
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?>(slapd.Keys()) { ["DataDirectory"] = folder.Path });
        await using var kari = server.Person("KariHensien");
        Assert.Equal(401, (await kari.SignsIn()).Status);

        Assert.Equal("KariHensien@adatum.com has a new password.\n",
            Done(await BoundAsync(SlapdServer.Admin, TestServer.Password + "\n", "passwd", "KariHensien@adatum.com", "--password-stdin")));

        await SignsInAsync(kari, 200);
        Done(await UserAsync("remove", "KariHensien@adatum.com"));
        Done(await UserAsync("add", "KariHensien@adatum.com"));
        await SignsInAsync(kari, 401);
    }

    [Fact]
    public async Task The_domains_that_the_directory_knows_a_hash_for_take_no_NTLM_password_of_our_own()
    {
        Done(await BoundAsync(SlapdServer.Admin, "Other-Word-1\n", "passwd", "JoBrown@adatum.com", "--password-stdin"));
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?>(slapd.Keys()) { ["DataDirectory"] = folder.Path });

        Assert.Equal(("401", "200", "200"),
            (await CurlAsync(server, "--ntlm", "JoBrown", "Other-Word-1"), await CurlAsync(server, "--ntlm", "JoBrown", SlapdServer.PeoplePassword),
            await CurlAsync(server, "--digest", "JoBrown", "Other-Word-1")));
    }

    private static async Task SignsInAsync(Person person, int expected)
    {
        var last = 0;
        await Deadline.Until(
            async () => (last = (await person.SignsIn()).Status) == expected, $"a sign-in answered {expected}", () => $"{last}", TimeSpan.FromSeconds(20));
    }

    // At the node of Jo, or of Kari: what is proven must be its owner.
    private static Task<string> CurlAsync(TestServer server, string scheme, string user, string password) => Commands.DoAsync(
        "curl",
        [
            "-s", "-o", "/dev/null", "-w", "%{http_code}", scheme, "-u", $"{user}:{password}", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify",
            "-H", "Host: im.adatum.com",
            $"http://127.0.0.1:{server.Port}/instmsg/aliases/{(user == "JoBrown" ? user : "KariHensien")}",
        ]);

    private Task<Ran> UserAsync(params string[] arguments) => BoundAsync(SlapdServer.Admin, "", arguments);

    private Task<Ran> BoundAsync(string bindDn, string input, params string[] arguments) =>
        new LdapCommandLine(slapd, folder).RunAsync(bindDn, input, arguments);

    private static string Done(Ran ran) => Commands.OutputOf("rvpserver user", ran);

    private static Ran Refused(string line) => new(1, "", line + "\n");

    private static string Line(string text, string label) =>
        Assert.Single(text.Split('\n'), line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Trim();
}
