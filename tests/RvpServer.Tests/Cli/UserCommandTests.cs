using Rvp.Testing;
using RvpServer.Cli;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;
using RvpServer.Tests.Directories;

namespace RvpServer.Tests.Cli;

public sealed class UserCommandTests : IDisposable
{
    private static readonly VirtualServer[] Servers =
    [
        new("imrouter1", Role.Router, "im.adatum.com", ["im.adatum.com"], 80),
        new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com", "im1"], 80),
        new("imhomeserver2", Role.Home, "im.adatum.com", ["imhomeserver2.adatum.com"], 8080),
        new("contoso", Role.Home, "im.contoso.com", ["im.contoso.com"], 8080),
        new("outpost", Role.Router, "im.example.com", ["im.example.com"], 80),
    ];

    private static readonly Dictionary<string, string> MailDomains = new() { ["adatum.com"] = "im.adatum.com" };

    private readonly LocalAccounts local = new();

    public void Dispose() => local.Dispose();

    [Fact]
    public async Task Add_prints_the_address_and_both_urls()
    {
        var ran = await Run("Pass-Word-1\n", "add", "JoBrown@adatum.com", "--display", "Jo Brown", "--password-stdin");

        Assert.Equal(Done("""
            IM address:    JoBrown@adatum.com
            Logical URL:   http://im.adatum.com/instmsg/aliases/JoBrown
            Physical URL:  http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown

            """), ran);
    }

    [Theory]
    [InlineData("JoBrown@adatum.com", "imhomeserver2", "http://im.adatum.com/instmsg/aliases/JoBrown",
        "http://imhomeserver2.adatum.com:8080/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("JoBrown@im.adatum.com", "IM9.example.com", "http://im.adatum.com/instmsg/aliases/JoBrown",
        "http://im9.example.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("x%y@im.contoso.com", "contoso", "http://im.contoso.com:8080/instmsg/aliases/x%25y",
        "http://im.contoso.com:8080/instmsg/local/im.contoso.com/instmsg/aliases/x%25y")]
    public async Task Add_knows_homes_here_and_elsewhere(string address, string home, string logical, string physical)
    {
        var ran = await Run("x", "add", address, "--home", home, "--password-stdin");

        Assert.Equal(Done($"IM address:    {address}\nLogical URL:   {logical}\nPhysical URL:  {physical}\n"), ran);
    }

    [Fact]
    public async Task Add_takes_a_domain_that_the_address_does_not_have_and_finds_it_again()
    {
        await Run("x", "add", "Kari@fabrikam.example.com", "--domain", "IM.contoso.com", "--password-stdin");

        var ran = await Run("", "disable", "kari@fabrikam.example.com");

        Assert.Equal(Done("Kari@fabrikam.example.com is disabled.\n"), ran);
    }

    [Theory]
    [InlineData(1, "The mail domain example.org stands for no IM domain: add it to Rvp:MailDomains, or name one with --domain.", "add", "jo@example.org",
        "--password-stdin")]
    [InlineData(1, "imhomeserver9 is no home server of im.adatum.com: it has imhomeserver1, imhomeserver2; a home server elsewhere is named by its host.",
        "add", "jo@adatum.com", "--home", "imhomeserver9", "--password-stdin")]
    [InlineData(1, "imrouter1 is no home server of im.adatum.com: it has imhomeserver1, imhomeserver2; a home server elsewhere is named by its host.", "add",
        "jo@adatum.com", "--home", "imrouter1", "--password-stdin")]
    [InlineData(1, "im.adatum.com is no home server of im.adatum.com: it has imhomeserver1, imhomeserver2; a home server elsewhere is named by its host.",
        "add", "jo@adatum.com", "--home", "im.adatum.com", "--password-stdin")]
    [InlineData(1, "im.contoso.com is no home server of im.adatum.com: it has imhomeserver1, imhomeserver2; a home server elsewhere is named by its host.",
        "add", "jo@adatum.com", "--home", "im.contoso.com", "--password-stdin")]
    [InlineData(1, "DNS has no address for the home server imhomeserver9.adatum.com. Is it spelt right? For a server that is not there yet, --unchecked sets "
        + "it all the same (in the API, \"unchecked\": true).", "add", "jo@adatum.com", "--home", "ImHomeServer9.adatum.com", "--password-stdin")]
    [InlineData(1, "im.example.com has no home server here: name a host elsewhere with --home.", "add", "jo@im.example.com", "--password-stdin")]
    [InlineData(1, "jo@adatum.com has no account.", "show", "jo@adatum.com")]
    [InlineData(1, "jo@example.org has no account.", "remove", "jo@example.org")]
    [InlineData(2, "\"jo\" is no IM address: write it as JoBrown@adatum.com.", "add", "jo", "--password-stdin")]
    [InlineData(2, "There is no terminal to ask for the password: give it with --password-stdin.", "add", "jo@adatum.com")]
    [InlineData(2, "Standard input has no password.", "add", "jo@adatum.com", "--password-stdin")]
    [InlineData(2, "Name an IM address, or people by --group, --unit or --filter.", "add")]
    [InlineData(2, "Name an IM address, or people by --group, --unit or --filter.", "add", "jo@adatum.com", "--group", "sales")]
    [InlineData(2, "--preview goes with --group, --unit or --filter.", "add", "jo@adatum.com", "--preview")]
    [InlineData(2, "--display and --person are of one person.", "add", "--unit", "ou=people", "--display", "Jo")]
    [InlineData(2, "--password-stdin is of one person: set each password with user passwd.", "add", "--filter", "(sn=Brown)", "--password-stdin")]
    [InlineData(1, "Groups, units and filters are of an LDAP directory: Rvp:Directory:Provider is Local, whose people are its accounts.", "add", "--group",
        "sales", "--preview")]
    [InlineData(1, "Only an LDAP directory has people without accounts: Rvp:Directory:Provider is Local, so leave --person out.", "add", "jo@adatum.com",
        "--person", "jo", "--password-stdin")]
    public async Task What_cannot_be_done_is_said_in_one_line(int code, string expected, params string[] arguments)
    {
        var ran = await Run(code == 2 ? "" : "x", arguments);

        Assert.Equal(new Ran(code, "", expected + "\n"), ran);
    }

    [Fact]
    public async Task Add_refuses_a_second_account_of_the_name()
    {
        await Run("x", "add", "JoBrown@adatum.com", "--password-stdin");

        Assert.Equal(Failed("JOBROWN@adatum.com has an account already."), await Run("x", "add", "JOBROWN@adatum.com", "--password-stdin"));
    }

    [Fact]
    public async Task List_is_a_table()
    {
        Assert.Equal(Done("No accounts.\n"), await Run("", "list"));
        await AddTwo();
        await Run("", "disable", "KariHensien@im.contoso.com");

        Assert.Equal(Done("""
            ADDRESS                     DOMAIN          HOME           STATE     DISPLAY NAME
            JoBrown@adatum.com          im.adatum.com   imhomeserver1  enabled   Jo Brown
            KariHensien@im.contoso.com  im.contoso.com  contoso        disabled  KariHensien

            """), await Run("", "list"));
        Assert.Equal(Done("""
            ADDRESS             DOMAIN         HOME           STATE    DISPLAY NAME
            JoBrown@adatum.com  im.adatum.com  imhomeserver1  enabled  Jo Brown

            """), await Run("", "list", "--domain", "IM.adatum.com"));
    }

    [Fact]
    public async Task List_as_json_is_an_array()
    {
        Assert.Equal(Done("[]\n"), await Run("", "list", "--json"));
        await AddTwo();

        Assert.Equal(Done("""
            [
              {
                "address": "JoBrown@adatum.com",
                "addresses": [
                  "JoBrown@adatum.com"
                ],
                "displayName": "Jo Brown",
                "domain": "im.adatum.com",
                "name": "JoBrown",
                "home": "imhomeserver1",
                "enabled": true,
                "logicalUrl": "http://im.adatum.com/instmsg/aliases/JoBrown",
                "physicalUrl": "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown"
              }
            ]

            """), await Run("", "list", "--json", "--domain", "im.adatum.com"));
    }

    [Fact]
    public async Task Show_tells_all_of_one()
    {
        await AddTwo();
        await Run("", "alias", "JoBrown@adatum.com", "jb@im.adatum.com");

        Assert.Equal(Done("""
            IM address:    JoBrown@adatum.com
            Logical URL:   http://im.adatum.com/instmsg/aliases/JoBrown
            Physical URL:  http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown
            Display name:  Jo Brown
            Addresses:     JoBrown@adatum.com, jb@im.adatum.com
            Domain:        im.adatum.com
            Home server:   imhomeserver1
            State:         enabled

            """), await Run("", "show", "JB@adatum.com"));
        Assert.Equal(Done("""
            {
              "address": "KariHensien@im.contoso.com",
              "addresses": [
                "KariHensien@im.contoso.com"
              ],
              "displayName": "KariHensien",
              "domain": "im.contoso.com",
              "name": "KariHensien",
              "home": "contoso",
              "enabled": true,
              "logicalUrl": "http://im.contoso.com:8080/instmsg/aliases/KariHensien",
              "physicalUrl": "http://im.contoso.com:8080/instmsg/local/im.contoso.com/instmsg/aliases/KariHensien"
            }

            """), await Run("", "show", "--json", "karihensien@im.contoso.com"));
    }

    [Fact]
    public async Task The_life_of_an_account()
    {
        await AddTwo();

        Assert.Equal(Done("JoBrown@adatum.com is disabled.\n"), await Run("", "disable", "jobrown@adatum.com"));
        Assert.Equal(Done("JoBrown@adatum.com is enabled.\n"), await Run("", "enable", "jobrown@adatum.com"));
        Assert.Equal(Done("JoBrown@adatum.com has a new password.\n"), await Run("new\r\n", "passwd", "jobrown@adatum.com", "--password-stdin"));
        Assert.Equal(Done("JoBrown@adatum.com has the address jb@adatum.com. Signing in with it works once the password is set again.\n"),
            await Run("", "alias", "jobrown@adatum.com", "jb@adatum.com"));
        Assert.Equal(Failed("jo@im.contoso.com is an address of im.contoso.com, but JoBrown@adatum.com is an account of im.adatum.com."),
            await Run("", "alias", "jobrown@adatum.com", "jo@im.contoso.com"));
        Assert.Equal(Done("JoBrown@adatum.com no longer has the address jb@adatum.com.\n"),
            await Run("", "alias", "jobrown@adatum.com", "jb@adatum.com", "--remove"));
        var moved = Done("""
            IM address:    JoBrown@adatum.com
            Logical URL:   http://im.adatum.com/instmsg/aliases/JoBrown
            Physical URL:  http://imhomeserver2.adatum.com:8080/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown

            """);
        Assert.Equal(moved, await Run("", "move", "jobrown@adatum.com", "ImHomeServer2"));
        Assert.Equal(moved, await Run("", "move", "jobrown@adatum.com", "--home", "imhomeserver2"));
        Assert.Equal(new Ran(2, "", "Name the home server to move to.\n"), await Run("", "move", "jobrown@adatum.com"));
        Assert.StartsWith("DNS has no address for the home server im8.example.com. ", (await Run("", "move", "jobrown@adatum.com", "im8.example.com")).Error,
            StringComparison.Ordinal);
        Assert.Equal(Done(moved.Out.Replace("imhomeserver2.adatum.com:8080", "im8.example.com", StringComparison.Ordinal)),
            await Run("", "move", "jobrown@adatum.com", "im8.example.com", "--unchecked"));
        Assert.Equal(Done("JoBrown@adatum.com is removed.\n"), await Run("", "remove", "jobrown@adatum.com"));
        Assert.Equal(Failed("jobrown@adatum.com has no account."), await Run("", "remove", "jobrown@adatum.com"));
    }

    private async Task AddTwo()
    {
        await Run("x", "add", "JoBrown@adatum.com", "--display", "Jo Brown", "--password-stdin");
        await Run("x", "add", "KariHensien@im.contoso.com", "--password-stdin");
    }

    private Task<Ran> Run(string input, params string[] arguments) => RunAsync(local, input, arguments);

    internal static async Task<Ran> RunAsync(LocalAccounts local, string input, params string[] arguments)
    {
        using var reader = new StringReader(input);
        var domains = new ImDomains(Servers, MailDomains);
        var subject = new UserSubject(local.Accounts, new UserHomes(domains), KnownHomes.Search(domains, "im9.example.com"));
        var command = UserCommand.Create(asked => new CommandContext<UserSubject>(asked, subject, reader));
        var parse = command.Parse(arguments);
        Assert.Empty(parse.Errors);
        return await Ran.InProcessAsync(parse);
    }

    internal static Ran Done(string output) => new(0, output.ReplaceLineEndings("\n"), "");

    internal static Ran Failed(string error) => new(1, "", error + "\n");
}
