using Rvp.Testing;

namespace RvpServer.Interop.Ldap;

/// <summary>Many people enabled at once: a preview, the work, and once more what is left.</summary>
public sealed class LdapBulkTests : IAsyncLifetime, IDisposable
{
    private const string People = "ou=people," + SlapdServer.BaseDn;

    private readonly TempFolder folder = new();
    private SlapdServer slapd = null!;
    private LdapCommandLine line = null!;

    public async Task InitializeAsync()
    {
        slapd = await SlapdServer.StartAsync();
        line = new LdapCommandLine(slapd, folder);
        // Without a mail address; with one of another organisation; with a name that is taken; with neither name nor address.
        await slapd.ChangeAsync($"""
            dn: cn=Don Hall,{People}
            changetype: add
            objectClass: inetOrgPerson
            sn: Hall
            uid: dhall

            dn: cn=Don Hall 2,{People}
            changetype: add
            objectClass: inetOrgPerson
            sn: Hall
            uid: donhall2
            mail: donhall@contoso.com

            dn: cn=Don Hall 3,{People}
            changetype: add
            objectClass: inetOrgPerson
            sn: Hall
            mail: Jo.Brown@adatum.com

            dn: cn=Don Hall 4,{People}
            changetype: add
            objectClass: inetOrgPerson
            sn: Hall

            dn: cn=sales,{SlapdServer.BaseDn}
            changetype: add
            objectClass: groupOfNames
            member: {SlapdServer.Jo}
            member: {SlapdServer.Kari}

            """);
    }

    public async Task DisposeAsync() => await slapd.DisposeAsync();

    public void Dispose()
    {
        folder.Dispose();
    }

    [Fact]
    public async Task A_preview_says_who_would_be_enabled_as_what_and_who_not_and_why_and_changes_nothing()
    {
        var ran = await line.RunAsync("add", "--unit", People, "--preview");

        Assert.Equal(new Ran(0, $"""
            KariHensien@adatum.com on imhomeserver1: {SlapdServer.Kari}
            dhall@im.adatum.com on imhomeserver1: cn=Don Hall,{People}
            donhall2@im.adatum.com on imhomeserver1: cn=Don Hall 2,{People}
            Not cn=Don Hall 3,{People}: Jo.Brown@adatum.com belongs to Jo Brown already.
            Not cn=Don Hall 4,{People}: There is neither a mail address of im.adatum.com nor an account name.
            3 would be enabled, 1 had an account already, 2 cannot have one.

            """, ""), ran);
        Assert.Equal(2, Commands.OutputOf("list", await line.RunAsync("list")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task All_who_can_be_are_enabled_and_once_more_there_is_nothing_left_to_do()
    {
        var first = await line.RunAsync("add", "--unit", People, "--home", "imhomeserver2.adatum.com", "--unchecked");
        var second = await line.RunAsync("add", "--unit", People);

        Assert.Equal((1, $"""
            Not cn=Don Hall 4,{People}: There is neither a mail address of im.adatum.com nor an account name.
            Not cn=Don Hall 3,{People}: Jo.Brown@adatum.com belongs to {SlapdServer.Jo} already
            3 enabled, 1 had an account already, 2 cannot have one.

            """), (first.Code, first.Out));
        Assert.Equal((1, "0 enabled, 4 had an account already, 2 cannot have one."), (second.Code, second.Out.TrimEnd('\n').Split('\n')[^1]));
        Assert.Contains("imhomeserver2.adatum.com", Commands.OutputOf("show", await line.RunAsync("show", "dhall@im.adatum.com")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_and_a_filter_choose_together()
    {
        Assert.Equal(new Ran(0, "1 enabled, 1 had an account already, 0 cannot have one.\n", ""), await line.RunAsync("add", "--group", "sales"));
        Assert.Equal(new Ran(0, "0 enabled, 1 had an account already, 0 cannot have one.\n", ""),
            await line.RunAsync("add", "--group", "sales", "--filter", "(sn=Hensien)"));
        Assert.Equal(new Ran(1, "", "The directory has no group called marketing: its classes are group, groupOfNames, groupOfUniqueNames, posixGroup.\n"),
            await line.RunAsync("add", "--group", "marketing", "--preview"));
    }
}
