using Microsoft.Extensions.Time.Testing;
using Rvp.Ldap;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Ldap;
using RvpServer.Domains;

namespace RvpServer.Tests.Directories.Ldap;

public class LdapDirectoryEntriesTests
{
    private const string Jo = "cn=Jo Brown,ou=people,dc=adatum,dc=com";
    private const string Logical = "http://im.adatum.com/instmsg/aliases/JoBrown";
    private const string Physical = "http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown";

    private readonly LogCollector log = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task An_account_has_what_its_entry_says()
    {
        var account = await FindAsync("jobrown", (Jo, [
            ("msExchIMAddress", "JoBrown@im.adatum.com"), ("msExchIMAddress", "JoBrown@adatum.com"), ("msExchIMMetaPhysicalURL", Logical),
            ("msExchIMPhysicalURL", Physical), ("displayName", "Jo Brown"), ("mail", "JoBrown@adatum.com")]));

        Assert.NotNull(account);
        Assert.Equal(("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com"), (account.Domain, account.Name, account.DisplayName, account.Email));
        Assert.Equal(["JoBrown@adatum.com", "JoBrown@im.adatum.com"], account.Addresses);
        Assert.Equal("imhomeserver1.adatum.com", account.HomeServer);
        Assert.True(account.IsEnabled);
    }

    [Theory]
    [InlineData(Logical, "http://imhomeserver1:8080/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", "imhomeserver1:8080", true)]
    [InlineData(Logical, "http://im.adatum.com:8080/instmsg/aliases/JoBrown", "im.adatum.com:8080", true)]
    [InlineData(null, Physical, "imhomeserver1.adatum.com", true)]
    [InlineData(Logical, null, null, true)]
    [InlineData(null, null, null, false)]
    public async Task The_home_server_comes_from_the_physical_url(string? logical, string? physical, string? home, bool isEnabled)
    {
        var values = new List<(string, string)> { ("msExchIMAddress", "JoBrown@adatum.com") };
        if (logical is not null) values.Add(("msExchIMMetaPhysicalURL", logical));
        if (physical is not null) values.Add(("msExchIMPhysicalURL", physical));

        var account = await FindAsync("JoBrown", (Jo, [.. values]));

        Assert.Equal(("JoBrown", home, isEnabled), (account!.Name, account.HomeServer, account.IsEnabled));
        Assert.Empty(log.Lines);
    }

    [Theory]
    [InlineData(Logical, "disabled:" + Physical, "imhomeserver1.adatum.com")]
    [InlineData(null, "DISABLED:" + Physical, "imhomeserver1.adatum.com")]
    [InlineData(Logical, "disabled:", null)]
    public async Task Whoever_was_disabled_here_is_known_with_the_home_server(string? logical, string physical, string? home)
    {
        var values = new List<(string, string)> { ("msExchIMAddress", "JoBrown@adatum.com"), ("msExchIMPhysicalURL", physical) };
        if (logical is not null) values.Add(("msExchIMMetaPhysicalURL", logical));

        var account = await FindAsync("JoBrown", (Jo, [.. values]));

        Assert.Equal(("JoBrown", home, false), (account!.Name, account.HomeServer, account.IsEnabled));
        Assert.Empty(log.Lines);
    }

    [Fact]
    public async Task The_address_with_the_accounts_name_is_the_primary_one_also_in_the_IM_domain_itself()
    {
        var account = await FindAsync("JoBrown", (Jo, [
            ("msExchIMAddress", "jo@adatum.com"), ("msExchIMAddress", "JoBrown@im.adatum.com"), ("msExchIMMetaPhysicalURL", Logical),
            ("msExchIMPhysicalURL", Physical), ("mail", "j.brown@contoso.com"), ("sAMAccountName", "jbrown")]));

        Assert.Equal(("JoBrown@im.adatum.com", "jbrown"), (account!.Email, account.SignInName));
    }

    // Normal, disabled, disabled with a password that never expires, locked out by wrong passwords (which the directory judges itself), garbage.
    [Theory]
    [InlineData("userAccountControl", "512", true)]
    [InlineData("userAccountControl", "514", false)]
    [InlineData("userAccountControl", "66050", false)]
    [InlineData("userAccountControl", "-2147483646", false)]
    [InlineData("userAccountControl", "528", true)]
    [InlineData("userAccountControl", "", true)]
    [InlineData("userAccountControl", "many", true)]
    [InlineData("accountExpires", "0", true)]
    [InlineData("accountExpires", "9223372036854775807", true)]
    [InlineData("accountExpires", "134086463999999999", false)]
    [InlineData("accountExpires", "134716608000000000", true)]
    [InlineData("accountExpires", "-1", true)]
    public async Task Whoever_the_directory_has_disabled_or_whose_time_is_up_is_not_enabled(string attribute, string value, bool isEnabled)
    {
        var account = await FindAsync("JoBrown", (Jo, [
            ("msExchIMAddress", "JoBrown@adatum.com"), ("msExchIMMetaPhysicalURL", Logical), ("msExchIMPhysicalURL", Physical), (attribute, value)]));

        Assert.Equal(isEnabled, account!.IsEnabled);
    }

    [Theory]
    [InlineData("msExchIMMetaPhysicalURL", "garbage/")]
    [InlineData("msExchIMMetaPhysicalURL", "https://im.adatum.com/instmsg/aliases/JoBrown")]
    [InlineData("msExchIMMetaPhysicalURL", "http://im.contoso.com/instmsg/aliases/JoBrown")]
    [InlineData("msExchIMPhysicalURL", "http://imhomeserver1.adatum.com/")]
    [InlineData("msExchIMPhysicalURL", "javascript:alert(1)")]
    [InlineData("msExchIMPhysicalURL", "disabled")]
    public async Task Garbage_in_a_url_is_logged_and_the_account_not_served(string attribute, string garbage)
    {
        var other = attribute == "msExchIMPhysicalURL" ? ("msExchIMMetaPhysicalURL", Logical) : ("msExchIMPhysicalURL", Physical);

        var account = await FindAsync("JoBrown", (Jo, [("msExchIMAddress", "JoBrown@adatum.com"), (attribute, garbage), other]));

        Assert.False(account!.IsEnabled);
        Assert.Null(account.HomeServer);
        Assert.Equal($"{attribute} of {Jo} is \"{garbage}\": not a URL of a node in a domain served here; the account is not served", Assert.Single(log.Lines));
    }

    [Theory]
    [InlineData("JoBrówn@adatum.com")]
    [InlineData("Jo Brown@adatum.com")]
    [InlineData("JoBrown@contoso.com")]
    [InlineData("")]
    public async Task An_entry_that_the_directory_finds_too_generously_is_nobody(string address)
    {
        Assert.Null(await FindAsync("JoBrown", (Jo, [("msExchIMAddress", address)])));
    }

    [Fact]
    public async Task A_name_that_is_two_accounts_is_neither()
    {
        var failure = await Assert.ThrowsAsync<DirectoryException>(() => FindAsync(
            "JoBrown",
            (Jo, [("msExchIMAddress", "JoBrown@adatum.com")]),
            ("cn=Kari Hensien,ou=people,dc=adatum,dc=com", [("msExchIMMetaPhysicalURL", Logical)])));

        Assert.IsType<AmbiguousNameException>(failure.InnerException);
        Assert.Equal(
            $"JoBrown of im.adatum.com is several accounts: {Jo} and cn=Kari Hensien,ou=people,dc=adatum,dc=com; none of them is served under this name",
            Assert.Single(log.Lines));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Jo\0Brown")]
    [InlineData("Jo Brown")]
    [InlineData(" JoBrown")]
    [InlineData("JoBrown@adatum.com")]
    [InlineData("a/b")]
    public async Task A_name_that_no_account_can_have_is_not_even_asked_for(string name)
    {
        await using var server = new FakeLdapServer();
        await using var client = new LdapClient(Settings(server).Connection, TimeProvider.System, log.Of<LdapClient>());
        using var directory = Directory(client, server);

        Assert.Null(await directory.FindAsync("im.adatum.com", name, CancellationToken.None));
        Assert.Null(await directory.FindAsync("im.contoso.com", "JoBrown", CancellationToken.None));

        Assert.Equal(0, server.Connections);
    }

    [Fact]
    public async Task Secrets_and_proofs_need_tls()
    {
        await using var server = new FakeLdapServer();
        await using var client = new LdapClient(Settings(server).Connection, TimeProvider.System, log.Of<LdapClient>());
        using var directory = Directory(client, server);
        var account = new Account("im.adatum.com", "JoBrown", "Jo Brown", "JoBrown@adatum.com", ["JoBrown@adatum.com"], null, true);

        Assert.Null(await directory.FindSecretsAsync(account, CancellationToken.None));
        await Assert.ThrowsAsync<DirectoryException>(() => directory.ProveByBindAsync(account, "Pass-Word-1", CancellationToken.None));

        Assert.Equal(0, server.Connections);
        Assert.Equal(["Passwords and hashes are read from the directory over TLS only: use StartTls or ldaps"], log.Lines);
    }

    private static LdapAccountSettings Settings(FakeLdapServer server) =>
        new() { Connection = new LdapSettings { Servers = [server.Address] }, BaseDn = "dc=adatum,dc=com" };

    private LdapDirectory Directory(LdapClient client, FakeLdapServer server) =>
        new(client, Settings(server), [new ImDomain("im.adatum.com", ["adatum.com"], [])], (_, _) => throw new InvalidOperationException(),
            time, log.Of<LdapDirectory>());

    private async Task<Account?> FindAsync(string name, params (string Dn, (string, string)[] Values)[] entries)
    {
        await using var server = new FakeLdapServer();
        server.OnCall = call => call.Operation == FakeLdapServer.Search && entries.All(entry => call.Entry(entry.Dn, entry.Values)) && call.Answer(0);
        await using var client = new LdapClient(Settings(server).Connection, TimeProvider.System, log.Of<LdapClient>());
        using var directory = Directory(client, server);
        return await directory.FindAsync("im.adatum.com", name, CancellationToken.None);
    }
}
