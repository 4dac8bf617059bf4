using Rvp.Testing;
using RvpServer.Administration;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Domains;
using RvpServer.Runtime;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Interop.Ldap;

/// <summary>Groups of the directory as administrators.</summary>
public class LdapAdministratorsTests : LdapTest
{
    private const string Operators = "cn=operators," + SlapdServer.BaseDn;

    [Fact]
    public async Task Whoever_is_in_the_group_has_its_role_for_as_long_as_he_is()
    {
        await Slapd.ChangeAsync($"""
            dn: {Operators}
            changetype: add
            objectClass: groupOfNames
            member: {SlapdServer.Jo}

            """);
        using var folder = new TempFolder();
        var accounts = Accounts();
        var kari = await accounts.AddAsync(New("KariHensien@adatum.com"), CancellationToken.None);
        var jo = (await accounts.FindAsync(TestAccount.AddressOf("JoBrown@adatum.com"), "im.adatum.com", CancellationToken.None))!;
        var services = Open(accounts, folder);
        var root = services.RolesFor(Administrator.OfOperatingSystem("root"));
        await root.GrantAsync(new GrantTarget.Group(Operators), AdminRole.Administrator, "im.adatum.com", CancellationToken.None);

        var grant = Assert.Single(await services.Lookup.FindAsync(jo, CancellationToken.None));
        Assert.Equal((Operators, AdminRole.Administrator, "im.adatum.com"), (grant.Name, grant.Role, grant.Domain));
        Assert.Empty(await services.Lookup.FindAsync(kari, CancellationToken.None));

        await Slapd.ChangeAsync($"""
            dn: {Operators}
            changetype: modify
            replace: member
            member: {SlapdServer.Kari}

            """);
        Assert.Empty(await services.Lookup.FindAsync(jo, CancellationToken.None));
        Assert.Single(await services.Lookup.FindAsync(kari, CancellationToken.None));

        await Slapd.ChangeAsync($"dn: {Operators}\nchangetype: delete\n\n");
        Assert.Empty(await services.Lookup.FindAsync(kari, CancellationToken.None));
    }

    [Fact]
    public async Task A_group_that_is_not_there_gets_no_role()
    {
        using var folder = new TempFolder();
        var root = Open(Accounts(), folder).RolesFor(Administrator.OfOperatingSystem("root"));

        var refusal = await Assert.ThrowsAsync<AccountException>(
            () => root.GrantAsync(new GrantTarget.Group(Operators), AdminRole.ViewOnly, null, CancellationToken.None));

        Assert.StartsWith("The directory has no such entry", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(await root.ListAsync(CancellationToken.None));
    }

    private static AdminServices Open(LdapAccounts accounts, TempFolder folder)
    {
        var domains = new ImDomains(
            [new VirtualServer("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], 80)],
            new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com" });
        return new AdminServices(
            SqliteFile.Prepare(folder.File(SqliteFile.Name)), accounts, domains, (_, _, _, _) => Task.CompletedTask,
            new WallClock(TimeProvider.System), TimeProvider.System);
    }
}
