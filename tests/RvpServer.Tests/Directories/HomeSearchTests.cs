using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Directories;
using RvpServer.Domains;

namespace RvpServer.Tests.Directories;

public class HomeSearchTests
{
    private const string Cure =
        " Is it spelt right? For a server that is not there yet, --unchecked sets it all the same (in the API, \"unchecked\": true).";

    private static readonly ImDomains Domains = new(
        [
            new("imrouter1", Role.Router, "im.adatum.com", ["im.adatum.com"], 80),
            new("imhomeserver1", Role.Home, "im.adatum.com", ["imhomeserver1.adatum.com"], 80),
            new("contoso", Role.Home, "im.contoso.com", ["im.contoso.com"], 8080),
        ],
        new Dictionary<string, string>());

    [Theory]
    [InlineData(null)]
    [InlineData("imhomeserver1")]
    [InlineData("imhomeserver1.adatum.com")]
    [InlineData("im.contoso.com")]
    [InlineData("imhomeserver2.adatum.com")]
    [InlineData("imhomeserver2.adatum.com:8080")]
    [InlineData("10.1.0.5")]
    public async Task Servers_here_hosts_with_an_address_and_addresses_are_taken(string? home) =>
        await KnownHomes.Search(Domains, "imhomeserver2.adatum.com").RequireAsync(home, CancellationToken.None);

    [Theory]
    [InlineData("imhomeserver9.adatum.com", "DNS has no address for the home server imhomeserver9.adatum.com.")]
    [InlineData("imhomeserver9.adatum.com:8080", "DNS has no address for the home server imhomeserver9.adatum.com.")]
    [InlineData(KnownHomes.WithoutAnswer, "DNS did not answer for the home server silent.example.com.")]
    [InlineData("im.adatum.com", "im.adatum.com is no home server.")]
    [InlineData("imrouter1", "imrouter1 is no home server.")]
    [InlineData("home server.adatum.com", "home server.adatum.com is no home server.")]
    public async Task Others_are_refused_in_one_line_that_says_how_to_set_them_all_the_same(string home, string line)
    {
        var search = KnownHomes.Search(Domains, "imhomeserver2.adatum.com");

        var refused = await Assert.ThrowsAsync<AccountException>(() => search.RequireAsync(home, CancellationToken.None));

        Assert.Equal(line + Cure, refused.Message);
    }

    [Fact]
    public async Task Where_there_is_a_key_a_host_must_answer_too_and_servers_here_are_not_asked()
    {
        var asked = new List<string>();
        var search = KnownHomes.Search(Domains, Greet, "imhomeserver2.adatum.com", "www.adatum.com");

        await search.RequireAsync("imhomeserver1", CancellationToken.None);
        await search.RequireAsync("imhomeserver2.adatum.com:8080", CancellationToken.None);
        var refused = await Assert.ThrowsAsync<AccountException>(() => search.RequireAsync("www.adatum.com", CancellationToken.None));

        Assert.Equal(["imhomeserver2.adatum.com:8080", "www.adatum.com"], asked);
        Assert.Equal("www.adatum.com has not answered." + Cure, refused.Message);

        Task Greet(HostAndPort home, CancellationToken stop)
        {
            asked.Add(home.ToString());
            return home.Host == "www.adatum.com" ? throw new AccountException($"{home} has not answered.") : Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Of_many_accounts_the_first_line_with_a_wrong_home_server_is_named_and_those_before_it_pass()
    {
        (int Line, NewAccount Account)[] source =
            [(2, New("a", "imhomeserver1")), (3, New("b", "www.example.com")), (4, New("c", "imhomeserver9.adatum.com")), (5, New("d", "www.example.com"))];

        var rows = (await KnownHomes.Search(Domains, "www.example.com").RequireAsync(source, CancellationToken.None)).GetEnumerator();

        Assert.True(rows.MoveNext() && rows.MoveNext());
        Assert.Equal(3, rows.Current.Line);
        Assert.Equal(
            "Line 4: DNS has no address for the home server imhomeserver9.adatum.com." + Cure, Assert.Throws<AccountException>(() => rows.MoveNext()).Message);
    }

    [Fact]
    public async Task Who_is_marked_is_not_looked_for()
    {
        (int Line, NewAccount Account)[] source = [(2, New("a", "imhomeserver9.adatum.com") with { IsHomeUnchecked = true })];

        Assert.Equal(source, await KnownHomes.Search(Domains).RequireAsync(source, CancellationToken.None));
    }

    private static NewAccount New(string name, string home) => new("im.adatum.com", TestAccount.AddressOf(name + "@adatum.com"), null, home, "x");
}
