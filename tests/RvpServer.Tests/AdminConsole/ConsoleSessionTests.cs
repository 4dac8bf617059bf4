using System.Net;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Administration;
using RvpServer.Tests.Administration;

namespace RvpServer.Tests.AdminConsole;

public sealed class ConsoleSessionTests
{
    private const string Jo = "/people/JoBrown%40adatum.com?domain=im.adatum.com";

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_the_sign_in_and_back()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = new ConsoleBrowser(server.Server);

        var led = await browser.GetsAsync("/audit?who=jo");
        var back = await browser.SendsAsync(led.Location!, led.Location!, [("address", "view-all@adatum.com"), ("password", TestServer.Password)]);

        Assert.Equal((302, "/sign-in?back=%2Faudit%3Fwho%3Djo"), (led.Status, new Uri(new Uri("http://x"), led.Location).PathAndQuery));
        Assert.Equal((302, "/audit?who=jo"), (back.Status, back.Location));
        Assert.Equal(200, (await browser.GetsAsync(back.Location!)).Status);
    }

    [Theory]
    [InlineData("full-all@adatum.com", "wrong", 403, "The address or the password is wrong.")]
    [InlineData("nobody@adatum.com", TestServer.Password, 403, "The address or the password is wrong.")]
    [InlineData("nobody@elsewhere.example", TestServer.Password, 403, "The address or the password is wrong.")]
    [InlineData("", "", 403, "The address or the password is wrong.")]
    [InlineData("JoBrown@adatum.com", TestServer.Password, 403,
        "JoBrown@adatum.com has no role: a Full Administrator gives one, or \"rvpserver admin grant\".")]
    public async Task Nobody_else_gets_in(string address, string password, int status, string reason)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = new ConsoleBrowser(server.Server);

        var answer = await browser.SignsInAsync(address, password);

        Assert.Equal((status, reason), (answer.Status, answer.Wrong));
        Assert.Equal(302, (await browser.GetsAsync("/people")).Status);
    }

    [Fact]
    public async Task The_way_back_leads_nowhere_else()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = new ConsoleBrowser(server.Server);

        var answer = await browser.SendsAsync(
            "/sign-in", "/sign-in?back=https://evil.example/", [("address", "full-all@adatum.com"), ("password", TestServer.Password)]);

        Assert.Equal("/", answer.Location);
    }

    [Fact]
    public async Task A_form_without_the_token_of_its_page_changes_nothing()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");

        var answer = await browser.SendsAsync(Jo, "/people/JoBrown%40adatum.com?handler=Enabled", [("enabled", "false")], hasToken: false);

        Assert.Equal(400, answer.Status);
        Assert.Contains("The page was too old", answer.Html, StringComparison.Ordinal);
        Assert.Empty(await server.AuditAsync("JoBrown@adatum.com"));
    }

    [Fact]
    public async Task A_sign_out_ends_copies_of_the_cookie_too()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");
        using var thief = new ConsoleBrowser(server.Server);
        thief.Cookies.Add(browser.Cookies.GetAllCookies());
        Assert.Equal(200, (await thief.GetsAsync("/people")).Status);

        var answer = await browser.SendsAsync("/people", "/sign-out", []);

        Assert.Equal((302, "/sign-in"), (answer.Status, answer.Location));
        Assert.Equal(302, (await thief.GetsAsync("/people")).Status);
    }

    [Fact]
    public async Task A_new_password_a_lost_role_and_half_an_hour_end_a_session()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-26T08:00Z", null));
        await using var server = await TestServer.StartAsync(
            accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien")], clock: clock);
        foreach (var name in new[] { "JoBrown@adatum.com", "KariHensien@adatum.com" }) await Administrators.MakeAsync(server, name);
        using var jo = await ConsoleBrowser.SignedInAsync(server, "JoBrown@adatum.com");
        using var kari = await ConsoleBrowser.SignedInAsync(server, "KariHensien@adatum.com");

        var version = ConsoleBrowser.FieldIn((await kari.GetsAsync(Jo)).Html, "version");
        await kari.DoesAsync(Jo, Jo + "&handler=Password", ("password", "Pass-Word-2"), ("version", version));
        Assert.Equal(302, (await jo.GetsAsync("/people")).Status);
        using var again = await ConsoleBrowser.SignedInAsync(server, "JoBrown@adatum.com", "Pass-Word-2");
        await Administrators.RolesOf(server)
            .RevokeAsync(new GrantTarget.Person(TestAccount.AddressOf("KariHensien@adatum.com")), null, CancellationToken.None);
        var refused = await kari.GetsAsync("/people");
        Assert.Equal(403, refused.Status);
        Assert.Contains("KariHensien@adatum.com has no role any more.", refused.Html, StringComparison.Ordinal);
        clock.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(302, (await again.GetsAsync("/people")).Status);
    }

    [Fact]
    public async Task Every_page_forbids_scripts_and_frames_from_elsewhere_and_is_kept_nowhere()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");

        foreach (var path in new[] { "/", "/people", "/sign-in", "/nothing", "/people/nobody@adatum.com" })
        {
            var answer = await browser.GetsAsync(path);
            string Header(string name) => string.Join(", ", answer.Response.Headers.GetValues(name));

            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal(("nosniff", "DENY"), (Header("X-Content-Type-Options"), Header("X-Frame-Options")));
            Assert.Contains("no-store", Header("Cache-Control"), StringComparison.Ordinal);
            Assert.DoesNotContain("<script>", answer.Html, StringComparison.Ordinal);
            Assert.DoesNotContain("style=", answer.Html, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_foreign_host_gets_nothing()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = new ConsoleBrowser(server.Server);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await browser.GetsAsync("/sign-in", ("Host", "evil.example"))).Response.StatusCode);
    }

    [Fact]
    public async Task The_script_is_told_that_the_session_is_over_instead_of_being_led_away()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = new ConsoleBrowser(server.Server);

        Assert.Equal(401, (await browser.GetsAsync("/?handler=Live", ("RVP-Console", "1"))).Status);
    }
}
