using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Administration;

namespace RvpServer.Tests.AdminConsole;

/// <summary>The link that the log of a first start has.</summary>
public sealed class FirstAdministratorTests
{
    [Fact]
    public async Task The_link_makes_a_new_account_full_administrator_once()
    {
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(accounts: [], replace: log.Into);
        var link = Administrators.FirstLinkIn(log);
        using var jo = new ConsoleBrowser(server);
        using var late = new ConsoleBrowser(server);

        var made = await jo.SendsAsync(link, "/first", [.. Fields(link, "JoBrown@adatum.com", TestServer.Password), ("display", "Jo Brown")]);
        var second = await late.SendsAsync(link, "/first", Fields(link, "KariHensien@adatum.com", TestServer.Password));

        Assert.Equal((302, "/"), (made.Status, made.Location));
        Assert.Contains("Jo Brown", (await jo.GetsAsync("/people")).Html, StringComparison.Ordinal);
        Assert.Equal(400, second.Status);
        Assert.Contains("used up or expired", (await late.GetsAsync(link)).Html, StringComparison.Ordinal);
        var grant = Assert.Single(await Administrators.RolesOf(server).ListAsync(CancellationToken.None));
        Assert.Equal(("JoBrown@adatum.com", AdminRole.FullAdministrator, (string?)null), (grant.Name, grant.Role, grant.Domain));
    }

    [Fact]
    public async Task Whoever_has_an_account_needs_its_password_and_may_try_again()
    {
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(
            accounts: [new("JoBrown@adatum.com", "Jo Brown")], replace: log.Into);
        var link = Administrators.FirstLinkIn(log);
        using var jo = new ConsoleBrowser(server);

        var wrong = await jo.SendsAsync(link, "/first", Fields(link, "JoBrown@adatum.com", "Wrong-Word-1"));
        var right = await jo.SendsAsync(link, "/first", Fields(link, "JoBrown@adatum.com", TestServer.Password));

        Assert.Equal((409, "The account is there, but that is not its password."), (wrong.Status, wrong.Wrong));
        Assert.Equal((302, "/"), (right.Status, right.Location));
    }

    [Theory]
    [InlineData("Jo Brown", 400, "That is no IM address.")]
    [InlineData("JoBrown@elsewhere.example", 409,
        "The mail domain elsewhere.example stands for no IM domain: add it to Rvp:MailDomains, or name one with --domain.")]
    public async Task Bad_addresses_are_refused_and_the_link_stays(string address, int status, string reason)
    {
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(accounts: [], replace: log.Into);
        var link = Administrators.FirstLinkIn(log);
        using var jo = new ConsoleBrowser(server);

        var answer = await jo.SendsAsync(link, "/first", Fields(link, address, TestServer.Password));

        Assert.Equal((status, reason), (answer.Status, answer.Wrong));
        Assert.Equal(200, (await jo.GetsAsync(link)).Status);
    }

    [Fact]
    public async Task It_expires_after_an_hour_and_a_wrong_code_is_worth_nothing()
    {
        var (log, clock) = (new LogCollector(), new FakeTimeProvider(DateTimeOffset.Parse("2026-11-26T08:00Z", null)));
        await using var server = await TestServer.StartAsync(
            accounts: [], clock: clock, replace: log.Into);
        using var jo = new ConsoleBrowser(server);

        Assert.Contains("used up or expired", (await jo.GetsAsync("/first?code=00000000000000000000000000000000")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain("used up or expired", (await jo.GetsAsync(Administrators.FirstLinkIn(log))).Html, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Contains("used up or expired", (await jo.GetsAsync(Administrators.FirstLinkIn(log))).Html, StringComparison.Ordinal);
    }

    private static (string, string)[] Fields(string link, string address, string password) =>
        [("code", link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]), ("address", address), ("password", password)];
}
