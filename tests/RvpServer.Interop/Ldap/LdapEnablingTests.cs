using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;

namespace RvpServer.Interop.Ldap;

/// <summary>People whom the directory has for other reasons: how they are found, enabled one by one or many at a time, and what stays of them.</summary>
public class LdapEnablingTests : LdapTest
{
    private const string Don = "cn=Don Hall,ou=people," + SlapdServer.BaseDn;

    [Theory]
    [InlineData("dhall@adatum.com")]
    [InlineData("DHall@im.adatum.com")]
    public async Task Who_has_no_mail_address_is_found_by_the_account_name(string address)
    {
        await Slapd.ChangeAsync(Person("Don Hall", "uid: dhall"));

        var account = await Accounts().AddAsync(New(address), CancellationToken.None);

        Assert.Equal((address, address.Split('@')[0], "imhomeserver1.adatum.com"), (account.Email, account.Name, account.HomeServer));
        using var directory = Open(Slapd.Settings);
        Assert.True((await FindAsync(directory, "dhall"))!.IsEnabled);
    }

    [Theory]
    [InlineData(Don)]
    [InlineData("dhall")]
    [InlineData("Don.Hall@adatum.com")]
    public async Task Who_is_called_otherwise_is_named(string person)
    {
        await Slapd.ChangeAsync(Person("Don Hall", "uid: dhall", "mail: Don.Hall@adatum.com"));

        var account = await Accounts().AddAsync(New("donny@im.adatum.com", person: person), CancellationToken.None);

        Assert.Equal(("donny@im.adatum.com", "donny", "dhall"), (account.Email, account.Name, account.SignInName));
    }

    [Fact]
    public async Task The_IM_domain_itself_will_do_where_the_mail_domain_fits()
    {
        var account = await Accounts().AddAsync(New("KariHensien@im.adatum.com"), CancellationToken.None);

        Assert.Equal("KariHensien@im.adatum.com", account.Email);
        Assert.Equal(["KariHensien@im.adatum.com"], account.Addresses);
    }

    [Fact]
    public async Task Where_two_fit_both_are_listed_and_one_can_be_named()
    {
        await Slapd.ChangeAsync(Person("Don Hall", "uid: KariHensien"));
        var accounts = Accounts();

        var refusal = await Assert.ThrowsAsync<AccountException>(() => accounts.AddAsync(New("KariHensien@im.adatum.com"), CancellationToken.None));
        var account = await accounts.AddAsync(New("KariHensien@im.adatum.com", person: SlapdServer.Kari), CancellationToken.None);

        Assert.Equal($"KariHensien@im.adatum.com is several: {SlapdServer.Kari} and {Don}; name one of them with --person", refusal.Message);
        Assert.Equal("Kari Hensien", account.DisplayName);
    }

    [Theory]
    [InlineData("nobody", "The directory has nobody called nobody.")]
    [InlineData("cn=Nobody,ou=people,dc=adatum,dc=com",
        "The directory has no such entry, or does not show it to cn=im-admin,dc=adatum,dc=com "
            + "(searching below cn=Nobody,ou=people,dc=adatum,dc=com: NoSuchObject (32))")]
    [InlineData("cn=Kari,dc=contoso,dc=com",
        "cn=Kari,dc=contoso,dc=com is outside Rvp:Directory:Ldap:BaseDn, dc=adatum,dc=com: nobody there can be an account.")]
    public async Task Who_is_not_there_cannot_be_named(string person, string words)
    {
        var refusal = await Assert.ThrowsAsync<AccountException>(() => Accounts().AddAsync(New("dhall@adatum.com", person: person), CancellationToken.None));

        Assert.Equal(words, refusal.Message);
    }

    [Fact]
    public async Task Whoever_has_an_account_keeps_it_as_it_is()
    {
        var accounts = Accounts();
        using var directory = Open(Slapd.Settings);
        var before = await FindAsync(directory, "JoBrown");

        var enabled = await Assert.ThrowsAsync<AccountException>(
            () => accounts.AddAsync(New("JoBrown@adatum.com", "imhomeserver2.adatum.com"), CancellationToken.None));
        await accounts.SetEnabledAsync(before!, false, CancellationToken.None);
        var disabled = await Assert.ThrowsAsync<AccountException>(
            () => accounts.AddAsync(New("jo@adatum.com", person: SlapdServer.Jo), CancellationToken.None));

        Assert.Equal($"{SlapdServer.Jo} has an account already: JoBrown@adatum.com, on imhomeserver1.adatum.com. user move gives it another home server, "
            + "user alias a further address.", enabled.Message);
        Assert.Equal($"{SlapdServer.Jo} has an account that is disabled: JoBrown@adatum.com, on imhomeserver1.adatum.com. user enable serves it again.",
            disabled.Message);
        var after = await FindAsync(directory, "JoBrown");
        Assert.Equal((before!.HomeServer, false), (after!.HomeServer, after.IsEnabled));
        Assert.Equal(before.Addresses, after.Addresses);
    }

    [Fact]
    public async Task Who_is_disabled_anywhere_and_enabled_anywhere_else_has_what_was_there_before()
    {
        using var directory = Open(Slapd.Settings);
        var before = (await FindAsync(directory, "JoBrown"))!;
        var here = Accounts();
        var elsewhere = Accounts();

        await here.SetEnabledAsync(before, false, CancellationToken.None);
        await here.SetEnabledAsync(before, false, CancellationToken.None);
        var disabled = await FindAsync(directory, "Jo.Brown");
        await elsewhere.SetEnabledAsync(disabled!, true, CancellationToken.None);
        await elsewhere.SetEnabledAsync(disabled!, true, CancellationToken.None);

        var after = (await FindAsync(directory, "JoBrown"))!;
        Assert.False(disabled!.IsEnabled);
        Assert.True(after.IsEnabled);
        Assert.Equal((before.Name, before.HomeServer, before.Id), (after.Name, after.HomeServer, after.Id));
        Assert.Equal(before.Addresses, after.Addresses);
        Assert.Empty(Log);
    }

    [Fact]
    public async Task Who_is_moved_while_disabled_stays_disabled()
    {
        using var directory = Open(Slapd.Settings);
        var accounts = Accounts();
        var jo = (await FindAsync(directory, "JoBrown"))!;

        await accounts.SetEnabledAsync(jo, false, CancellationToken.None);
        await accounts.MoveAsync(jo, "imhomeserver2.adatum.com", CancellationToken.None);

        var moved = (await FindAsync(directory, "JoBrown"))!;
        Assert.Equal(("imhomeserver2.adatum.com", false), (moved.HomeServer, moved.IsEnabled));
    }

    [Fact]
    public async Task Further_addresses_come_and_go()
    {
        var accounts = Accounts();
        using var directory = Open(Slapd.Settings);
        var kari = await accounts.AddAsync(New("KariHensien@adatum.com"), CancellationToken.None);

        await accounts.AddAddressAsync(kari, Address("kh@adatum.com"), CancellationToken.None);
        Assert.Equal(["KariHensien@adatum.com", "kh@adatum.com"], (await FindAsync(directory, "KH"))!.Addresses);
        Assert.Equal("Jo.Brown@adatum.com belongs to " + SlapdServer.Jo + " already",
            await RefusalOf(accounts.AddAddressAsync(kari, Address("Jo.Brown@adatum.com"), CancellationToken.None)));
        Assert.Equal("kh@adatum.com has an account already.",
            await RefusalOf(accounts.AddAddressAsync(kari, Address("kh@adatum.com"), CancellationToken.None)));
        Assert.Equal("karihensien@adatum.com is the primary address of the account: it stays.",
            await RefusalOf(accounts.RemoveAddressAsync(kari, Address("karihensien@adatum.com"), CancellationToken.None)));

        await accounts.RemoveAddressAsync(kari, Address("KH@adatum.com"), CancellationToken.None);
        Assert.Null(await FindAsync(directory, "kh"));
        Assert.Equal("KariHensien@adatum.com does not have the address kh@adatum.com.",
            await RefusalOf(accounts.RemoveAddressAsync(kari, Address("kh@adatum.com"), CancellationToken.None)));
    }

    [Fact]
    public async Task A_directory_that_dies_in_the_middle_loses_nothing_and_the_same_file_goes_on()
    {
        const int people = 60;
        await Slapd.ChangeAsync(string.Concat(Enumerable.Range(1, people).Select(i => Person($"Person {i}", $"uid: person{i}"))));
        var rows = Enumerable.Range(1, people).Select(i => (i + 1, New($"person{i}@adatum.com"))).ToList();
        var accounts = Accounts();

        var failure = await Assert.ThrowsAsync<DirectoryException>(() => accounts.ImportAsync(rows, done =>
        {
            if (done == 20) Slapd.KillAsync().GetAwaiter().GetResult();
        }, CancellationToken.None));
        await Slapd.RestartAsync();

        Assert.StartsWith("Line 22: ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(" 20 of 60 accounts are as the file says; import it again to go on with the rest.", failure.Message, StringComparison.Ordinal);
        Assert.Equal(20 + 1, (await Accounts(SlapdServer.Reader).ListAsync(CancellationToken.None)).Count);
        var seen = new List<int>();
        Assert.Equal(people, await Accounts().ImportAsync(rows, seen.Add, CancellationToken.None));
        Assert.Equal(people, seen.Count);
        Assert.Equal(people + 1, (await Accounts(SlapdServer.Reader).ListAsync(CancellationToken.None)).Count(account => account.IsEnabled));
    }

    [Fact]
    public async Task A_row_that_cannot_be_stops_the_file_and_says_what_was_done()
    {
        var rows = new[] { (2, New("KariHensien@adatum.com")), (3, New("JoBrown@adatum.com", "imhomeserver2.adatum.com")), (4, New("nobody@adatum.com")) };

        var words = await RefusalOf(Accounts().ImportAsync(rows, _ => { }, CancellationToken.None));

        Assert.Equal($"Line 3: {SlapdServer.Jo} has an account already: JoBrown@adatum.com, on imhomeserver1.adatum.com. user move gives it another home "
            + "server, user alias a further address. 1 of 3 accounts are as the file says; import it again to go on with the rest.", words);
    }

    [Fact]
    public async Task Everybody_in_a_unit_is_found_page_after_page()
    {
        var people = Enumerable.Range(1, 1200).Select(i => Person($"Person {i}", $"uid: person{i}").Replace("ou=people", "ou=many", StringComparison.Ordinal));
        await Slapd.ChangeAsync($"dn: ou=many,{SlapdServer.BaseDn}\nchangetype: add\nobjectClass: organizationalUnit\n\n{string.Concat(people)}");
        var accounts = Accounts(SlapdServer.Reader);

        Assert.Equal(1200, (await FindAsync(accounts, new PeopleQuery { Unit = $"OU=many, {SlapdServer.BaseDn}" })).Count);
        Assert.Equal(7, (await FindAsync(accounts, new PeopleQuery { Unit = $"ou=many,{SlapdServer.BaseDn}", Max = 7 })).Count);
        var unit = $"ou=people,{SlapdServer.BaseDn}";
        Assert.Equal(["JoBrown", "KariHensien"], (await FindAsync(accounts, new PeopleQuery { Unit = unit })).Select(p => p.AccountName));
    }

    [Fact]
    public async Task Members_of_a_group_are_found_whatever_the_group_lists()
    {
        await Slapd.ChangeAsync(Person("Don Hall", "uid: dhall") + $"""
            dn: cn=sales,{SlapdServer.BaseDn}
            changetype: add
            objectClass: groupOfNames
            member: {SlapdServer.Jo}
            member: {Don}
            member: cn=Gone,ou=people,{SlapdServer.BaseDn}

            dn: cn=unix,{SlapdServer.BaseDn}
            changetype: add
            objectClass: posixGroup
            gidNumber: 1
            memberUid: KariHensien
            memberUid: nobody

            """);
        var accounts = Accounts(SlapdServer.Reader);

        var sales = await FindAsync(accounts, new PeopleQuery { Group = "sales" });
        Assert.Equal([(SlapdServer.Jo, "JoBrown", "JoBrown@adatum.com"), (Don, "dhall", null)], sales.Select(p => (p.Id, p.AccountName, p.Account?.Email)));
        Assert.Equal(["KariHensien"], (await FindAsync(accounts, new PeopleQuery { Group = $"cn=unix,{SlapdServer.BaseDn}" })).Select(p => p.AccountName));
        Assert.Equal(["dhall"], (await FindAsync(accounts, new PeopleQuery { Group = "sales", Text = "HAL" })).Select(p => p.AccountName));
        Assert.Equal("The directory has no group called marketing: its classes are group, groupOfNames, groupOfUniqueNames, posixGroup.",
            await RefusalOf(FindAsync(accounts, new PeopleQuery { Group = "marketing" })));
    }

    [Fact]
    public async Task People_are_found_by_a_filter_and_by_a_part_of_a_name()
    {
        var accounts = Accounts(SlapdServer.Reader);

        Assert.Equal(["KariHensien"], (await FindAsync(accounts, new PeopleQuery { Filter = "(sn=Hensien)" })).Select(p => p.AccountName));
        Assert.Equal(["JoBrown"], (await FindAsync(accounts, new PeopleQuery { Text = "jo b" })).Select(p => p.AccountName));
        Assert.Empty(await FindAsync(accounts, new PeopleQuery { Text = "*" }));
        Assert.Equal("\"(sn=Hensien\" is not an LDAP filter: a closing parenthesis is missing; write one such as (department=Sales)",
            await RefusalOf(FindAsync(accounts, new PeopleQuery { Filter = "(sn=Hensien" })));
        Assert.Equal("dc=contoso,dc=com is outside Rvp:Directory:Ldap:BaseDn, dc=adatum,dc=com: nobody there can be an account.",
            await RefusalOf(FindAsync(accounts, new PeopleQuery { Unit = "dc=contoso,dc=com" })));
    }

    private static string Person(string name, params string[] more) =>
        $"dn: cn={name},ou=people,{SlapdServer.BaseDn}\nchangetype: add\nobjectClass: inetOrgPerson\nsn: {name.Split(' ')[^1]}\ndisplayName: {name}\n"
        + string.Concat(more.Select(line => line + "\n")) + "\n";

    private static async Task<string> RefusalOf(Task work) => (await Assert.ThrowsAsync<AccountException>(() => work)).Message;

    private static async Task<List<DirectoryPerson>> FindAsync(LdapAccounts accounts, PeopleQuery query)
    {
        var found = new List<DirectoryPerson>();
        await foreach (var person in accounts.FindPeopleAsync(query, CancellationToken.None)) found.Add(person);
        return found;
    }

    private static ImAddress Address(string text) => TestAccount.AddressOf(text);
}
