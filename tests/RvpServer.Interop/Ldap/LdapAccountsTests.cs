using Rvp.Protocol;
using RvpServer.Directories.Ldap;

namespace RvpServer.Interop.Ldap;

public class LdapAccountsTests : LdapTest
{
    [Theory]
    [InlineData("KariHensien@adatum.com")]
    [InlineData("KariHensien")]
    [InlineData(SlapdServer.Kari)]
    public async Task A_person_is_enabled_moved_and_disabled(string person)
    {
        var accounts = Accounts(SlapdServer.Admin);
        using var directory = Open(Slapd.Settings);

        var enabled = await accounts.EnableAsync(person, Address("KariHensien@adatum.com"), "imhomeserver2.adatum.com", CancellationToken.None);
        var found = await FindAsync(directory, "KariHensien");
        Assert.Equal(("KariHensien", "Kari Hensien", "KariHensien@adatum.com", "imhomeserver2.adatum.com", true), (found!.Name, found.DisplayName, found.Email, found.HomeServer, found.IsEnabled));
        Assert.Equal(found.Addresses, enabled.Addresses);

        var moved = await accounts.MoveAsync(person, "imhomeserver1.adatum.com:8080", CancellationToken.None);
        Assert.Equal("imhomeserver1.adatum.com:8080", moved.HomeServer);
        Assert.Equal("imhomeserver1.adatum.com:8080", (await FindAsync(directory, "KariHensien"))!.HomeServer);

        await accounts.DisableAsync(person, CancellationToken.None);
        Assert.Null(await FindAsync(directory, "KariHensien"));
    }

    [Fact]
    public async Task The_list_has_who_is_enabled()
    {
        var names = new List<string>();

        await foreach (var account in Accounts(SlapdServer.Reader).ListAsync(CancellationToken.None)) names.Add(account.Name);

        Assert.Equal(["JoBrown"], names);
    }

    [Fact]
    public async Task The_list_goes_on_over_pages()
    {
        var people = Enumerable.Range(1, 1200).Select(i =>
            $"dn: cn=Kari Hensien {i},ou=people,{SlapdServer.BaseDn}\nchangetype: add\nobjectClass: inetOrgPerson\nobjectClass: msExchIMRecipient\nsn: Hensien\nmsExchIMAddress: KariHensien{i}@adatum.com\n");
        await Slapd.ChangeAsync(string.Join('\n', people));
        var names = new List<string>();

        await foreach (var account in Accounts(SlapdServer.Reader).ListAsync(CancellationToken.None)) names.Add(account.Name);

        Assert.Equal(1201, names.Distinct().Count());
        var refusal = await Assert.ThrowsAsync<AccountChangeException>(async () =>
        {
            await foreach (var account in Accounts(SlapdServer.Admin).ListAsync(CancellationToken.None)) names.Add(account.Name);
        });
        Assert.Equal("The directory gives cn=im-admin,dc=adatum,dc=com only a part of the list: raise its size limit for that account", refusal.Message);
    }

    [Fact]
    public async Task The_reader_may_not_change_anything_and_is_told_what_it_needs()
    {
        var refusal = await Assert.ThrowsAsync<AccountChangeException>(() => Accounts(SlapdServer.Reader).MoveAsync("JoBrown", "imhomeserver2", CancellationToken.None));

        Assert.StartsWith("cn=im,dc=adatum,dc=com may not do that (changing cn=Jo Brown,ou=people,dc=adatum,dc=com: InsufficientAccessRights (50)", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("grant it write access to msExchIMAddress, msExchIMMetaPhysicalURL and msExchIMPhysicalURL", refusal.Message, StringComparison.Ordinal);
        using var directory = Open(Slapd.Settings);
        Assert.Equal("imhomeserver1.adatum.com", (await FindAsync(directory, "JoBrown"))!.HomeServer);
    }

    [Theory]
    [InlineData("nobody", "nobody@adatum.com", "imhomeserver1", "The directory has nobody called nobody")]
    [InlineData("*", "nobody@adatum.com", "imhomeserver1", "The directory has nobody called *")]
    [InlineData("KariHensien", "KariHensien@contoso.com", "imhomeserver1", "contoso.com belongs to no IM domain of this server: see MailDomains")]
    [InlineData("KariHensien", "jo.brown@adatum.com", "imhomeserver1", "jo.brown@adatum.com belongs to " + SlapdServer.Jo + " already")]
    [InlineData("KariHensien", "KariHensien@adatum.com", "im home/server", "\"im home/server\" is not a home server: write host or host:port")]
    public async Task What_cannot_be_is_refused_in_words(string person, string address, string home, string words)
    {
        var refusal = await Assert.ThrowsAsync<AccountChangeException>(() => Accounts(SlapdServer.Admin).EnableAsync(person, Address(address), home, CancellationToken.None));

        Assert.Equal(words, refusal.Message);
    }

    private static ImAddress Address(string text)
    {
        Assert.True(ImAddress.TryParse(text, out var address));
        return address;
    }
}
