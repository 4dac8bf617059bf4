using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Microsoft.Extensions.Logging.Abstractions;
using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Directories;
using RvpServer.Storage;
using RvpServer.Storage.Postgres;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Tests.Directories;

public abstract class AccountsTests(bool onPostgres) : IDisposable
{
    private static readonly Gen<string> Names = Gen.ListOf(Gen.OneOf(
        Gen.Elements("Jo", "a", "7", ".", "%", "%41", "%2", "/", "\\", "?", "#", "+", "~", "\u00e9", "e\u0301", "\uff2a", "\u2100", "\u0131", "\u3005",
            "\u200b"),
        Gen.Choose(1, 0xffff).Select(c => ((char)c).ToString()))).Select(string.Concat);

    private readonly LocalAccounts local = new(onPostgres: onPostgres);

    public void Dispose()
    {
        local.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_account_is_found_by_name_and_address_without_case()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com", display: " Jo Brown ", home: "imhomeserver1");
        await local.Accounts.AddAddressAsync(jo, Address("jb@adatum.com"), CancellationToken.None);
        await local.Accounts.AddAddressAsync(jo, Address("JoBrown@im.adatum.com"), CancellationToken.None);

        string[] addresses = ["JoBrown@adatum.com", "jb@adatum.com", "JoBrown@im.adatum.com"];
        foreach (var text in new[] { "jobrown@ADATUM.com", "JB@adatum.com", "JOBROWN@im.adatum.com", "jb@im.adatum.com" })
        {
            var found = await local.FindAsync(text);
            Assert.Equal(("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", "imhomeserver1", true),
                (found!.Domain, found.Name, found.DisplayName, found.Email, found.HomeServer, found.IsEnabled));
            Assert.Equal(addresses, found.Addresses);
        }
        Assert.Null(await local.FindAsync("kari@adatum.com"));
    }

    [Fact]
    public async Task What_is_changed_is_changed()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com");
        await local.Accounts.SetEnabledAsync(jo, false, CancellationToken.None);
        await local.Accounts.MoveAsync(jo, "im2.adatum.com", CancellationToken.None);

        var changed = await local.FindAsync("JoBrown@adatum.com");
        Assert.Equal(("im2.adatum.com", false), (changed!.HomeServer, changed.IsEnabled));

        await local.Accounts.SetEnabledAsync(jo, true, CancellationToken.None);
        await local.Accounts.MoveAsync(jo, null, CancellationToken.None);

        changed = await local.FindAsync("JoBrown@adatum.com");
        Assert.Equal((null, true), (changed!.HomeServer, changed.IsEnabled));
    }

    [Fact]
    public async Task A_name_belongs_to_one_account_of_its_domain()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com");
        var kari = await local.AddAsync("KariHensien@adatum.com");
        await local.Accounts.AddAddressAsync(jo, Address("jb@adatum.com"), CancellationToken.None);

        await Refused("jobrown@adatum.com has an account already.", () => local.AddAsync("jobrown@adatum.com"));
        await Refused("The name JOBROWN belongs to JoBrown@adatum.com in im.adatum.com already.", () => local.AddAsync("JOBROWN@im.adatum.com"));
        await Refused("JB@adatum.com is an address of JoBrown@adatum.com already.", () => local.AddAsync("JB@adatum.com"));
        await Refused("jb@adatum.com is an address of JoBrown@adatum.com already.",
            () => local.Accounts.AddAddressAsync(kari, Address("jb@adatum.com"), CancellationToken.None));
        await Refused("The name jb belongs to JoBrown@adatum.com in im.adatum.com already.",
            () => local.Accounts.AddAddressAsync(kari, Address("jb@im.adatum.com"), CancellationToken.None));
        await Refused("jb@adatum.com has an account already.", () => local.Accounts.AddAddressAsync(jo, Address("jb@adatum.com"), CancellationToken.None));
        await local.AddAsync("JoBrown@contoso.com", domain: "im.contoso.com");
        Assert.Equal(3, (await local.Accounts.ListAsync(CancellationToken.None)).Count);
    }

    [Fact]
    public async Task The_primary_address_stays_and_others_go()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com");
        await local.Accounts.AddAddressAsync(jo, Address("jb@adatum.com"), CancellationToken.None);

        await local.Accounts.RemoveAddressAsync(jo, Address("JB@adatum.com"), CancellationToken.None);

        Assert.Null(await local.FindAsync("jb@adatum.com"));
        await Refused("JoBrown@adatum.com does not have the address jb@adatum.com.",
            () => local.Accounts.RemoveAddressAsync(jo, Address("jb@adatum.com"), CancellationToken.None));
        await Refused("jobrown@adatum.com is the primary address of the account: it stays.",
            () => local.Accounts.RemoveAddressAsync(jo, Address("jobrown@adatum.com"), CancellationToken.None));
    }

    [Theory]
    [InlineData(".@adatum.com", "x", "x", null, "The name . cannot stand in a URL: use letters, digits, dot, hyphen and underscore.")]
    [InlineData("..@adatum.com", "x", "x", null, "The name .. cannot stand in a URL: use letters, digits, dot, hyphen and underscore.")]
    [InlineData("local@adatum.com", "x", "x", null, "The name local cannot stand in a URL: use letters, digits, dot, hyphen and underscore.")]
    [InlineData("a%41@adatum.com", "x", "x", null, "The name a%41 cannot stand in a URL: use letters, digits, dot, hyphen and underscore.")]
    [InlineData("jo@adatum.com", "", "x", null, "The password is empty.")]
    [InlineData("jo@adatum.com", "a\tb", "x", null, "The password has a control character.")]
    [InlineData("jo@adatum.com", "x", "  ", null, "A display name has 1 to 256 characters.")]
    [InlineData("jo@adatum.com", "x", "a\u0001", null, "The display name has a character that cannot be shown.")]
    [InlineData("jo@adatum.com", "x", "a\ud800", null, "The display name has a character that cannot be shown.")]
    [InlineData("jo@adatum.com", "x", "x", "a/b", "a/b is no name of a home server.")]
    public async Task What_cannot_be_an_account_is_refused(string address, string password, string display, string? home, string expected)
    {
        await Refused(expected, () => local.AddAsync(address, password, display, home));

        Assert.Empty(await local.Accounts.ListAsync(CancellationToken.None));
    }

    [Property(MaxTest = 5000)]
    public FsCheck.Property Every_name_that_an_account_can_have_can_stand_in_an_identity() => Prop.ForAll(Names.ToArbitrary(), name =>
    {
        if (!ImAddress.TryParse(name + "@adatum.com", out var address)) return;
        try
        {
            AccountRules.CheckName("im.adatum.com", address.Name);
        }
        catch (AccountException)
        {
            return;
        }
        foreach (var text in (string[])[RvpUrl.ForAlias("im.adatum.com", 80, address.Name).Spelling, "http://im.adatum.com/instmsg/aliases/" + address.Name])
            Assert.True(RvpUrl.TryParseIdentity(text, out var url) && url.AliasName == address.Name);
    });

    [Theory]
    [InlineData("x%y")]
    [InlineData("jo.brown-2_x+tag")]
    [InlineData("\u00e9ric")]
    public async Task Odd_names_that_are_safe_are_taken(string name)
    {
        await local.AddAsync(name + "@adatum.com");

        Assert.Equal(name, (await local.FindAsync(name.ToUpperInvariant() + "@adatum.com"))!.Name);
    }

    [Fact]
    public async Task Removing_an_account_ends_its_nodes_state_on_any_port_and_nobody_elses()
    {
        var jo = await local.AddAsync("JoBrown@adatum.com");
        var other = RvpUrl.ForAlias("im.adatum.com", 8080, "JoBrown2");
        await using (var store = OpenStore())
        {
            var id = 0;
            foreach (var node in new[] { RvpUrl.ForAlias("im.adatum.com", 80, "jobrown"), RvpUrl.ForAlias("im.adatum.com", 8080, "JoBrown"), other })
            {
                await store.CommitAsync(node, [
                    new Change.ViewMade(++id, null),
                    new Change.ViewValueSet(id, PropertyName.State, new ViewValue("<r:busy/>", null, null, 1)),
                    new Change.PropertySet(PropertyName.MobileState, "1"),
                    new Change.AccessEntrySet(new AccessEntry(null, Credentials.Any, Rights.Read, Rights.None)),
                ]);
            }
        }

        await local.Accounts.RemoveAsync(jo, CancellationToken.None);

        Assert.Null(await local.FindAsync("JoBrown@adatum.com"));
        foreach (var table in new[] { "view_values", "views", "properties", "access_entries" })
        {
            Assert.Equal(1, local.ReadNumber("SELECT COUNT(*) FROM " + table));
        }
        foreach (var table in new[] { "accounts", "addresses", "secrets" }) Assert.Equal(0, local.ReadNumber("SELECT COUNT(*) FROM " + table));
        await Refused("JoBrown@adatum.com has no account any more.", () => local.Accounts.SetEnabledAsync(jo, true, CancellationToken.None));
        await local.AddAsync("JoBrown@adatum.com");
    }

    private IStore OpenStore() => onPostgres
        ? new PostgresStore((PostgresDatabase)local.Database, TimeProvider.System, NullLogger<PostgresStore>.Instance)
        : new SqliteStore(local.File, TimeProvider.System, NullLogger<SqliteStore>.Instance);

    private static async Task Refused(string expected, Func<Task> work) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<AccountException>(work)).Message);

    private static ImAddress Address(string text) => LocalAccounts.Address(text);
}

public sealed class AccountsOnSqliteTests() : AccountsTests(onPostgres: false)
{
    [Fact]
    public async Task The_store_holds_neither_the_password_nor_its_hashes()
    {
        using var local = new LocalAccounts();
        await local.AddAsync("JoBrown@adatum.com", "Pass-Word-1");

        var stored = await File.ReadAllBytesAsync(local.File.Path);

        Assert.NotEqual(-1, stored.AsSpan().IndexOf("JoBrown@adatum.com"u8));
        Assert.Equal(-1, stored.AsSpan().IndexOf("Pass-Word-1"u8));
        Assert.Equal(-1, stored.AsSpan().IndexOf(LocalAccounts.HashOf("JoBrown:Pass-Word-1")));
    }
}

public sealed class AccountsOnPostgresTests() : AccountsTests(onPostgres: true);
