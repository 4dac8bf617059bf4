using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Tests.Directories;

/// <summary>What administrators do where domains have directories of their own: here two stores stand for them.</summary>
public sealed class RoutedAccountsTests : IDisposable
{
    private static readonly ImDomains Domains = new(
        [
            new("adatum", Role.Home, "im.adatum.com", ["im.adatum.com"], 80), new("contoso", Role.Home, "im.contoso.com", ["im.contoso.com"], 80),
        ],
        new Dictionary<string, string> { ["adatum.com"] = "im.adatum.com", ["contoso.com"] = "im.contoso.com" });

    private readonly LocalAccounts adatum = new();
    private readonly LocalAccounts contoso = new();
    private readonly RoutedAccounts accounts;

    public RoutedAccountsTests() => accounts = new RoutedAccounts(
        new DomainTable<IAccounts>([(adatum.Accounts, ["im.adatum.com"]), (contoso.Accounts, ["im.contoso.com"])]), adatum.Accounts, Domains);

    public void Dispose()
    {
        adatum.Dispose();
        contoso.Dispose();
    }

    [Fact]
    public async Task An_account_is_added_found_and_changed_in_its_domains_directory_alone()
    {
        await accounts.AddAsync(New("KariHensien@contoso.com"), default);
        await accounts.AddAsync(New("JoBrown@adatum.com"), default);
        var kari = (await accounts.FindAsync(LocalAccounts.Address("karihensien@contoso.com"), null, default))!;
        await accounts.SetEnabledAsync(kari, isEnabled: false, default);

        Assert.Equal(["KariHensien@contoso.com False"], (await contoso.Accounts.ListAsync(default)).Select(Describe));
        Assert.Equal(["JoBrown@adatum.com True"], (await adatum.Accounts.ListAsync(default)).Select(Describe));
        Assert.Equal(["JoBrown@adatum.com True", "KariHensien@contoso.com False"], (await accounts.ListAsync(default)).Select(Describe));
        Assert.Null(await accounts.FindAsync(LocalAccounts.Address("JoBrown@adatum.com"), "im.contoso.com", default));
    }

    [Fact]
    public async Task A_part_is_made_of_the_directories_of_the_domains_that_are_asked_for()
    {
        foreach (var address in new[] { "a@adatum.com", "c@adatum.com", "b@contoso.com" }) await accounts.AddAsync(New(address), default);
        // Left from a time when this domain had the other directory.
        await adatum.AddAsync("x@contoso.com", domain: "im.contoso.com");

        Assert.Equal(["a@adatum.com", "c@adatum.com", "b@contoso.com"], await PartAsync(new AccountPart()));
        Assert.Equal(["c@adatum.com"], await PartAsync(new AccountPart { Max = 1, Behind = new LookupKey("im.adatum.com", "a") }));
        Assert.Equal(["b@contoso.com"], await PartAsync(new AccountPart { Domains = new HashSet<string> { "im.contoso.com" } }));
    }

    [Fact]
    public async Task A_file_is_for_one_directory()
    {
        var mixed = Assert.Throws<AccountException>(() => { _ = ImportAsync("a@contoso.com", "b@contoso.com", "c@adatum.com"); });

        Assert.Equal("Line 4: im.adatum.com has another directory than im.contoso.com: import its people from a file of their own. Nothing was imported.",
            mixed.Message);
        Assert.Empty(await accounts.ListAsync(default));
        Assert.Equal(2, await ImportAsync("a@contoso.com", "b@contoso.com"));
        Assert.Equal(2, (await contoso.Accounts.ListAsync(default)).Count);
    }

    [Fact]
    public async Task Groups_are_those_of_the_shared_directory_alone()
    {
        var own = new RoutedAccounts(
            new DomainTable<IAccounts>([(adatum.Accounts, ["im.adatum.com"]), (contoso.Accounts, ["im.contoso.com"])]), null, Domains);
        var query = new PeopleQuery { Group = "cn=IM Operators" };

        Assert.StartsWith("Groups, units and filters are of an LDAP directory: ", (await FailAsync(accounts)).Message, StringComparison.Ordinal);
        Assert.Equal("Each IM domain has a directory of its own here: name one with --domain.", (await FailAsync(own)).Message);

        Task<AccountException> FailAsync(IAccounts asked) =>
            Assert.ThrowsAsync<AccountException>(() => asked.FindPeopleAsync(query, default).ToListAsync().AsTask());
    }

    private static string Describe(Account account) => $"{account.Email} {account.IsEnabled}";

    private static NewAccount New(string address) =>
        new("im." + address.Split('@')[1], LocalAccounts.Address(address), null, null, TestServer.Password);

    private async Task<IEnumerable<string>> PartAsync(AccountPart part) => (await accounts.ReadPartAsync(part, default)).Select(account => account.Email);

    private Task<int> ImportAsync(params string[] addresses) =>
        accounts.ImportAsync(addresses.Select((address, index) => (index + 2, New(address))), _ => { }, default);
}
