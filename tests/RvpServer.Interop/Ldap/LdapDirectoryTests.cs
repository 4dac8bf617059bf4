using System.Text;
using Rvp.Ldap;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;

namespace RvpServer.Interop.Ldap;

public class LdapDirectoryTests : LdapTest
{
    [Theory]
    [InlineData("JoBrown")]
    [InlineData("jobrown")]
    [InlineData("Jo.Brown")]
    public async Task Jo_is_found_by_any_of_her_addresses(string name)
    {
        using var directory = Open(Slapd.Settings);

        var account = await FindAsync(directory, name);

        Assert.NotNull(account);
        Assert.Equal(
            ("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", "imhomeserver1.adatum.com", true),
            (account.Domain, account.Name, account.DisplayName, account.Email, account.HomeServer, account.IsEnabled));
        Assert.Equal(["JoBrown@adatum.com", "JoBrown@im.adatum.com", "Jo.Brown@adatum.com"], account.Addresses);
        Assert.Empty(Log);
    }

    [Fact]
    public async Task An_account_is_found_by_its_logical_url_alone()
    {
        await Slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\ndelete: msExchIMAddress\n");
        using var directory = Open(Slapd.Settings);

        Assert.Equal("JoBrown@im.adatum.com", (await FindAsync(directory, "JoBrown"))!.Email);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("Jo*")]
    [InlineData("a)(objectClass=*")]
    [InlineData("JoBrown)(|(cn=*")]
    [InlineData("Jo\0Brown")]
    [InlineData("Zoë")]
    [InlineData("JoBrown ")]
    [InlineData("\\2a")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Hostile_names_find_nobody_and_harm_nothing(string name)
    {
        using var directory = Open(Slapd.Settings);

        Assert.Null(await FindAsync(directory, name));
        Assert.NotNull(await FindAsync(directory, "JoBrown"));
        Assert.Empty(Log);
    }

    [Fact]
    public async Task The_user_filter_keeps_others_out()
    {
        using var directory = Open(Slapd.Settings with { UserFilter = LdapFilter.Parse("(&(objectClass=inetOrgPerson)(!(uid=Jo*n)))") });

        Assert.Null(await FindAsync(directory, "JoBrown"));
    }

    [Fact]
    public async Task Two_entries_for_one_address_are_nobody_and_one_line_says_so()
    {
        await Slapd.ChangeAsync($"dn: {SlapdServer.Kari}\nchangetype: modify\nadd: objectClass\nobjectClass: msExchIMRecipient\n-\nadd: msExchIMAddress\n"
            + "msExchIMAddress: jobrown@adatum.com\n");
        using var directory = Open(Slapd.Settings);

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(directory, "JoBrown"));

        Assert.IsType<AmbiguousNameException>(failure.InnerException);
        Assert.Equal($"JoBrown of im.adatum.com is several accounts: {SlapdServer.Jo} and {SlapdServer.Kari}; none of them is served under this name",
            Assert.Single(Log));
        Assert.NotNull(await FindAsync(directory, "Jo.Brown"));
    }

    [Fact]
    public async Task A_garbage_url_is_logged_and_the_account_not_served()
    {
        await Slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: msExchIMPhysicalURL\nmsExchIMPhysicalURL: http:/nowhere\n");
        using var directory = Open(Slapd.Settings);

        var account = await FindAsync(directory, "JoBrown");

        Assert.Equal((false, null), (account!.IsEnabled, account.HomeServer));
        Assert.Equal($"msExchIMPhysicalURL of {SlapdServer.Jo} is \"http:/nowhere\": not a URL of a node in a domain served here; the account is not served",
            Assert.Single(Log));
    }

    [Fact]
    public async Task Secrets_come_as_nt_hash_and_made_from_the_password()
    {
        using var hashes = Open(Slapd.Settings);
        using var passwords = Open(Slapd.Settings with
        {
            Connection = Slapd.Connection with { Servers = [Slapd.Ldaps], StartTls = false },
            Attributes = Slapd.Settings.Attributes with { NtHash = null, Password = "userPassword" },
        });
        var account = (await FindAsync(hashes, "JoBrown"))!;

        var hash = await hashes.FindSecretsAsync(account, CancellationToken.None);
        var made = await passwords.FindSecretsAsync(account, CancellationToken.None);

        Assert.Equal(SlapdServer.NtHash, Convert.ToHexString(hash!.NtHash!));
        Assert.Empty(hash.Ha1);
        Assert.Equal(SlapdServer.PeoplePassword, Encoding.UTF8.GetString(made!.Ha1["JoBrown"]));
        Assert.Equal([1], made.NtHash);
    }

    [Theory]
    [InlineData("{CLEARTEXT}Pass-Word-2", "Pass-Word-2")]
    [InlineData("{not a scheme}", "{not a scheme}")]
    [InlineData("{SSHA}3Ks6AlFbHdPKCYMvTzZwGq0u1CUAAAAA", null)]
    public async Task A_password_that_is_hashed_is_of_no_use(string stored, string? password)
    {
        await Slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: userPassword\nuserPassword: {stored}\n");
        using var directory = Open(Slapd.Settings with { Attributes = Slapd.Settings.Attributes with { NtHash = null, Password = "userPassword" } });

        var secrets = await directory.FindSecretsAsync((await FindAsync(directory, "JoBrown"))!, CancellationToken.None);

        Assert.Equal(password, secrets is null ? null : Encoding.UTF8.GetString(secrets.Ha1["JoBrown"]));
        Assert.Equal(password is null ? 1 : 0, Log.Count);
    }

    [Theory]
    [InlineData(SlapdServer.PeoplePassword, true)]
    [InlineData("pass-word-1", false)]
    [InlineData("", false)]
    [InlineData("\0", false)]
    public async Task A_password_is_proven_by_signing_in_with_it(string password, bool isRight)
    {
        using var directory = Open(Slapd.Settings);
        var account = (await FindAsync(directory, "JoBrown"))!;

        Assert.Equal(isRight, await directory.ProveByBindAsync(account, password, CancellationToken.None));
        Assert.False(await directory.ProveByBindAsync(account with { Name = "nobody" }, password, CancellationToken.None));
    }

    [Fact]
    public async Task Readiness_notices_a_base_that_does_not_exist()
    {
        using var right = Open(Slapd.Settings);
        using var wrong = Open(Slapd.Settings with { BaseDn = "dc=contoso,dc=com" });

        await right.CheckAsync(CancellationToken.None);

        await Assert.ThrowsAsync<DirectoryException>(() => wrong.CheckAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Somebody_whom_others_have_proven_is_found_by_sign_in_name_and_not_by_the_nodes_name()
    {
        await Slapd.ChangeAsync($"""
            dn: {SlapdServer.Jo}
            changetype: modify
            replace: uid
            uid: jb

            """);
        using var directory = Open(Slapd.Settings);

        Assert.Equal("JoBrown", (await SignInAsync(directory, new SignInName("JB", null)))?.Name);
        Assert.Equal("JoBrown", (await SignInAsync(directory, SignInName.OfPrincipal("jb@ADATUM.COM", "adatum.com")))?.Name);
        Assert.Null(await SignInAsync(directory, new SignInName("JoBrown", null)));
        Assert.Null(await SignInAsync(directory, SignInName.OfPrincipal("jb@CONTOSO.COM", "adatum.com")));
        Assert.Null(await SignInAsync(directory, new SignInName("KariHensien", null)));
        Assert.Null(await SignInAsync(directory, new SignInName("*", null)));
    }

    private static async Task<Account?> SignInAsync(LdapDirectory directory, SignInName name) =>
        await directory.FindBySignInNameAsync("im.adatum.com", name, CancellationToken.None);
}
