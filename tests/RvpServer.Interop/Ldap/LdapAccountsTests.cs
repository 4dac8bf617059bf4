using Rvp.Protocol;
using RvpServer.Directories;

namespace RvpServer.Interop.Ldap;

public class LdapAccountsTests : LdapTest
{
    private const string SayWho = "say who it is with --person and a distinguished name, an account name or a mail address.";

    [Fact]
    public async Task A_person_is_enabled_moved_and_disabled()
    {
        var accounts = Accounts(SlapdServer.Admin);
        using var directory = Open(Slapd.Settings);

        var enabled = await accounts.AddAsync(New("KariHensien@adatum.com", "imhomeserver2.adatum.com"), CancellationToken.None);
        var found = await FindAsync(directory, "KariHensien");
        Assert.Equal(("KariHensien", "Kari Hensien", "KariHensien@adatum.com", "imhomeserver2.adatum.com", true),
            (found!.Name, found.DisplayName, found.Email, found.HomeServer, found.IsEnabled));
        Assert.Equal(found.Addresses, enabled.Addresses);

        await accounts.MoveAsync(enabled, "imhomeserver1.adatum.com:8080", CancellationToken.None);
        Assert.Equal("imhomeserver1.adatum.com:8080", (await FindAsync(directory, "KariHensien"))!.HomeServer);

        await accounts.SetEnabledAsync(enabled, false, CancellationToken.None);
        found = await FindAsync(directory, "KariHensien");
        Assert.Equal((false, "imhomeserver1.adatum.com:8080"), (found!.IsEnabled, found.HomeServer));

        await accounts.RemoveAsync(enabled, CancellationToken.None);
        Assert.Null(await FindAsync(directory, "KariHensien"));
    }

    [Fact]
    public async Task An_account_that_has_a_URL_but_no_address_is_changed_too()
    {
        await Slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\ndelete: msExchIMAddress\n-\ndelete: mail\n");
        var accounts = Accounts(SlapdServer.Admin);
        var jo = await accounts.FindAsync(Address("JoBrown@im.adatum.com"), null, CancellationToken.None);

        await accounts.MoveAsync(jo!, "imhomeserver2.adatum.com", CancellationToken.None);

        Assert.Equal("imhomeserver2.adatum.com", (await accounts.FindAsync(Address("JoBrown@im.adatum.com"), null, CancellationToken.None))!.HomeServer);
    }

    [Fact]
    public async Task The_list_has_who_is_enabled()
    {
        Assert.Equal(["JoBrown"], (await Accounts(SlapdServer.Reader).ListAsync(CancellationToken.None)).Select(account => account.Name));
    }

    [Fact]
    public async Task The_list_goes_on_over_pages()
    {
        var people = Enumerable.Range(1, 1200).Select(i =>
            $"dn: cn=Kari Hensien {i},ou=people,{SlapdServer.BaseDn}\nchangetype: add\nobjectClass: inetOrgPerson\nobjectClass: msExchIMRecipient\nsn: "
                + $"Hensien\nmsExchIMAddress: KariHensien{i}@adatum.com\n");
        await Slapd.ChangeAsync(string.Join('\n', people));

        var all = await Accounts(SlapdServer.Reader).ListAsync(CancellationToken.None);

        Assert.Equal(1201, all.Select(account => account.Name).Distinct().Count());
        var refusal = await Assert.ThrowsAsync<AccountException>(() => Accounts(SlapdServer.Admin).ListAsync(CancellationToken.None));
        Assert.Equal("The directory gives cn=im-admin,dc=adatum,dc=com only a part of the list: raise its size limit for that account", refusal.Message);
    }

    [Fact]
    public async Task The_reader_may_not_change_anything_and_is_told_what_it_needs()
    {
        var accounts = Accounts(SlapdServer.Reader);
        var jo = await accounts.FindAsync(Address("JoBrown@adatum.com"), null, CancellationToken.None);

        var refusal = await Assert.ThrowsAsync<AccountException>(() => accounts.MoveAsync(jo!, "imhomeserver2", CancellationToken.None));

        Assert.StartsWith("cn=im,dc=adatum,dc=com may not do that (changing cn=Jo Brown,ou=people,dc=adatum,dc=com: InsufficientAccessRights (50)",
            refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("grant it write access to msExchIMAddress, msExchIMMetaPhysicalURL and msExchIMPhysicalURL", refusal.Message, StringComparison.Ordinal);
        using var directory = Open(Slapd.Settings);
        Assert.Equal("imhomeserver1.adatum.com", (await FindAsync(directory, "JoBrown"))!.HomeServer);
    }

    [Theory]
    [InlineData("nobody@adatum.com", "imhomeserver1", "The directory has nobody called nobody@adatum.com: " + SayWho)]
    [InlineData("*@adatum.com", "imhomeserver1", "The directory has nobody called *@adatum.com: " + SayWho)]
    [InlineData("KariHensien@contoso.com", "imhomeserver1", "contoso.com belongs to no IM domain of this server: see MailDomains")]
    [InlineData("KariHensien@adatum.com", "im home/server", "\"im home/server\" is not a home server: write host or host:port")]
    [InlineData("KariHensien@adatum.com", null, "im.adatum.com has no home server here: name a host elsewhere with --home.")]
    public async Task What_cannot_be_is_refused_in_words(string address, string? home, string words)
    {
        var refusal = await Assert.ThrowsAsync<AccountException>(() => Accounts(SlapdServer.Admin).AddAsync(New(address, home), CancellationToken.None));

        Assert.Equal(words, refusal.Message);
    }

    [Theory]
    [InlineData("jo.brown@im.adatum.com", "jo.brown@im.adatum.com belongs to " + SlapdServer.Jo + " already")]
    [InlineData("jo.brown@adatum.com", "jo.brown@adatum.com is several: " + SlapdServer.Jo + " and " + SlapdServer.Kari + "; name one of them with --person")]
    public async Task A_name_that_somebody_else_has_is_not_given_away(string address, string words)
    {
        await Slapd.ChangeAsync($"dn: {SlapdServer.Kari}\nchangetype: modify\nreplace: mail\nmail: {address}\n");

        var refusal = await Assert.ThrowsAsync<AccountException>(
            () => Accounts(SlapdServer.Admin).AddAsync(New(address, "imhomeserver1"), CancellationToken.None));

        Assert.Equal(words, refusal.Message);
    }

    private static ImAddress Address(string text)
    {
        Assert.True(ImAddress.TryParse(text, out var address));
        return address;
    }
}
