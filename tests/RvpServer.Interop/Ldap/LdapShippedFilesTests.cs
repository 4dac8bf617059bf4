using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Ldap;
using Rvp.Testing;
using RvpServer.Directories.Ldap;
using RvpServer.Domains;

namespace RvpServer.Interop.Ldap;

/// <summary>The files of deploy/ldap/openldap on a slapd as Debian installs it, in the order of docs/install.md.</summary>
public sealed class LdapShippedFilesTests : IAsyncLifetime
{
    private const string Secrets = "rvpServerSecrets";
    private const string Placeholder = "{SSHA}write-what-slappasswd-prints";

    private const string SealKari =
        $"dn: {SlapdServer.Kari}\nchangetype: modify\nadd: objectClass\nobjectClass: msExchIMRecipient\n-\nadd: {Secrets}\n{Secrets}: sealed\n";

    private DebianSlapd slapd = null!;

    public async Task InitializeAsync() => slapd = await DebianSlapd.StartAsync();

    public async Task DisposeAsync() => await slapd.DisposeAsync();

    [Fact]
    public async Task They_load_as_they_are_and_give_each_account_what_it_needs()
    {
        await slapd.ConfigureAsync(Shipped("msexchim.ldif"));
        await LoadTheRestAsync();
        await slapd.LoadAsync(SealKari);

        var settings = new LdapAccountSettings
        {
            Connection = new LdapSettings { Servers = [slapd.Ldap], BindDn = SlapdServer.Admin, BindPassword = SlapdServer.ServicePassword },
            BaseDn = SlapdServer.BaseDn,
            Attributes = new() { AccountName = "uid" },
        };
        await using var client = new LdapClient(settings.Connection, TimeProvider.System, NullLogger<LdapClient>.Instance);
        var entries = new LdapEntries(client, settings);
        ImDomain domain = new("im.adatum.com", ["adatum.com"], []);
        var map = new LdapAccountMap(settings, [domain]);
        var people = new LdapPeople(entries, settings, map, TimeProvider.System);
        var jo = await people.GetAsync(TestAccount.AddressOf("JoBrown@adatum.com"), domain, CancellationToken.None);
        await entries.ChangeAsync(jo.Dn, [new("msExchIMAddress", ["JoBrown@adatum.com"])], CancellationToken.None);

        Assert.Equal("JoBrown@adatum.com", await slapd.ReadAsync(SlapdServer.Reader, SlapdServer.Jo, "msExchIMAddress"));
        Assert.Equal("", await slapd.ReadAsync(null, SlapdServer.Jo, "msExchIMAddress"));
        Assert.Equal("sealed", await slapd.ReadAsync(SlapdServer.Reader, SlapdServer.Kari, Secrets));
        Assert.Equal("sealed", await slapd.ReadAsync(SlapdServer.Admin, SlapdServer.Kari, Secrets));
        Assert.Equal("", await slapd.ReadAsync(SlapdServer.Jo, SlapdServer.Kari, Secrets));
        Assert.Equal("", await slapd.ReadAsync(null, SlapdServer.Kari, Secrets));
    }

    [Fact]
    public async Task A_schema_of_before_gets_the_new_attribute()
    {
        var before = Shipped("msexchim.ldif").Replace($" $ {Secrets} )", " )", StringComparison.Ordinal);
        var from = before.LastIndexOf("olcAttributeTypes:", before.IndexOf($"'{Secrets}'", StringComparison.Ordinal), StringComparison.Ordinal);
        before = before.Remove(from, before.IndexOf("olcObjectClasses:", StringComparison.Ordinal) - from);
        Assert.DoesNotContain($"'{Secrets}'", before, StringComparison.Ordinal);
        await slapd.ConfigureAsync(before);

        await slapd.ConfigureAsync(Shipped("upgrade.ldif"));

        await LoadTheRestAsync();
        await slapd.LoadAsync(SealKari);
        Assert.Equal("sealed", await slapd.ReadAsync(SlapdServer.Reader, SlapdServer.Kari, Secrets));
    }

    private async Task LoadTheRestAsync()
    {
        await slapd.LoadAsync(Shipped("accounts.ldif").Replace(Placeholder, SlapdServer.ServicePassword, StringComparison.Ordinal));
        await slapd.ConfigureAsync(Shipped("access.ldif"));
        await slapd.LoadAsync($"""
            dn: ou=people,{SlapdServer.BaseDn}
            objectClass: organizationalUnit

            dn: {SlapdServer.Jo}
            objectClass: inetOrgPerson
            sn: Brown
            uid: JoBrown
            userPassword: {SlapdServer.ServicePassword}

            dn: {SlapdServer.Kari}
            objectClass: inetOrgPerson
            sn: Hensien
            uid: KariHensien

            """);
    }

    private static string Shipped(string name) => Repository.Read("deploy/ldap/openldap/" + name);
}
