using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Protocol;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Web;

public class SessionTests
{
    [Fact]
    public async Task The_right_password_begins_a_session()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var answer = await browser.SignsInAsync();

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            """{"account":{"name":"JoBrown","displayName":"Jo Brown","address":"JoBrown@adatum.com","url":"http://im.adatum.com/instmsg/aliases/JoBrown"},"server":"""
            + """{"domain":"im.adatum.com","mailDomains":["adatum.com"],"port":80,"maxBodyBytes":131072,"historyDays":0,"hasPeopleSearch":true,"hasWebhooks":true,"hasPush":false}}""",
            answer.Body);
        Assert.Equal("no-store", answer["Cache-Control"]);
        var cookie = Assert.Single(answer.All("Set-Cookie"));
        Assert.Equal(["max-age=604800", "path=/", "samesite=strict", "httponly"], cookie.Split("; ")[1..]);
        Assert.StartsWith("rvp-session=", cookie, StringComparison.Ordinal);
        Assert.Equal(answer.Body, (await browser.AsksAsync("GET", "/session")).Body);
        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync()).Status);
    }

    [Theory]
    [InlineData("jobrown")]
    [InlineData("JoBrown@im.adatum.com")]
    [InlineData("ADATUM\\JoBrown")]
    public async Task A_form_works_as_well_and_names_have_their_usual_forms(string address)
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var answer = await browser.AsksAsync(
            "POST", "/session", "Content-Type: application/x-www-form-urlencoded\r\n", $"address={Uri.EscapeDataString(address)}&password=Pass-Word-1");

        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("JoBrown@adatum.com", "pass-word-1")]
    [InlineData("Nobody@adatum.com", "Pass-Word-1")]
    [InlineData("JoBrown@contoso.com", "Pass-Word-1")]
    [InlineData("", "")]
    public async Task A_wrong_pair_gets_a_401_that_makes_no_browser_ask(string address, string password)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await new Browser(server).SignsInAsync(address, password);

        Assert.Equal(401, answer.Status);
        Assert.Equal(["RvpSession"], answer.All("WWW-Authenticate"));
        Assert.Null(answer["Set-Cookie"]);
    }

    [Fact]
    public async Task Guessing_is_held_off_as_with_digest()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var answers = await Task.WhenAll(Enumerable.Range(0, 15).Select(_ => browser.SignsInAsync(password: "guess")));

        Assert.Equal([401, 429], answers.Select(answer => answer.Status).Distinct().Order());
        Assert.All(answers.Where(answer => answer.Status == 429), answer => Assert.NotNull(answer["Retry-After"]));
        Assert.Equal(429, (await browser.SignsInAsync()).Status);
    }

    // What counts as a sign-in, case by case: SignInFormTests.
    [Theory]
    [InlineData("text/plain", "{}", 415, "Content-Type must be application/json or application/x-www-form-urlencoded, in UTF-8.")]
    [InlineData("application/json", "{\"address\":\"JoBrown\"}", 400, "The body must be a JSON object with the texts address and password.")]
    [InlineData("application/json", "{\"address\":\"\\ud800\",\"password\":\"x\"}", 400, "The body must be a JSON object with the texts address and password.")]
    [InlineData("application/x-www-form-urlencoded", "address=JoBrown", 400, "The form must have one address and one password.")]
    [InlineData("application/x-www-form-urlencoded", "", 400, "The form must have one address and one password.")]
    public async Task What_is_no_sign_in_is_refused(string type, string body, int status, string line)
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();
        using var form = new StringContent(body, MediaTypeHeaderValue.Parse(type));

        var answer = await browser.PostAsync("/session", form);

        Assert.Equal((status, line + "\n"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_huge_form_is_refused()
    {
        await using var application = new RvpApplication();
        using var browser = application.CreateClient();

        var answer = await browser.PostAsJsonAsync("/session", new { address = "JoBrown", password = new string('x', 10_000) });

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_session_the_page_learns_whose_server_it_is_and_nodes_ask_for_no_password()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var session = await browser.AsksAsync("GET", "/session");
        var verb = await browser.AsksWhoWatchesJoAsync();
        browser.Cookie = "Cookie: rvp-session=made-up\r\n";
        var withForgery = await browser.AsksWhoWatchesJoAsync("Origin: http://im.adatum.com\r\n");

        Assert.StartsWith("""{"account":null,"server":{""", session.Body, StringComparison.Ordinal);
        Assert.All([verb, withForgery], answer => Assert.Equal((401, "RvpSession"), (answer.Status, Assert.Single(answer.All("WWW-Authenticate")))));
    }

    [Fact]
    public async Task Whoever_comes_without_a_browser_is_challenged_as_ever()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await new Browser(server).AsksWhoWatchesJoAsync("");

        Assert.Equal(401, answer.Status);
        Assert.Equal(["Digest", "NTLM"], answer.All("WWW-Authenticate").Select(challenge => challenge.Split(' ')[0]));
    }

    [Fact]
    public async Task A_session_speaks_for_its_own_account_only()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();

        var asKari = await browser.AsksWhoWatchesJoAsync(Browser.OwnPage + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/KariHensien\r\n");
        var ofKari = await browser.AsksAsync("SUBSCRIPTIONS", "/instmsg/aliases/KariHensien", Browser.OwnPage + "Notification-Type: update/propchange\r\n");

        Assert.Equal(403, asKari.Status);
        Assert.Equal(403, ofKari.Status);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_for_copies_of_the_cookie_too()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();
        var copy = browser.Cookie;

        var answer = await browser.AsksAsync("DELETE", "/session");

        Assert.Equal(204, answer.Status);
        Assert.StartsWith("rvp-session=; expires=", answer["Set-Cookie"], StringComparison.Ordinal);
        browser.Cookie = copy;
        Assert.Equal(401, (await browser.AsksWhoWatchesJoAsync()).Status);
    }

    [Fact]
    public async Task A_session_slides_and_ends_twelve_hours_after_its_last_use()
    {
        await using var server = await TestServer.StartAsync(clock: Morning());
        var browser = new Browser(server);
        await browser.SignsInAsync();

        server.Clock!.Advance(TimeSpan.FromHours(11.9));
        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync()).Status);
        server.Clock.Advance(TimeSpan.FromHours(11.9));
        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync()).Status);
        server.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Equal(401, (await browser.AsksWhoWatchesJoAsync()).Status);
    }

    [Theory]
    [InlineData(null, 7)]
    [InlineData("2.00:00:00", 2)]
    public async Task A_session_has_a_last_day_however_much_it_is_used(string? lifetime, int days)
    {
        var overrides = lifetime is null ? [] : new Dictionary<string, string?> { ["WebClient:SessionLifetime"] = lifetime };
        await using var server = await TestServer.StartAsync(overrides, Morning());
        var browser = new Browser(server);
        await browser.SignsInAsync();

        for (var hours = 8; hours < days * 24; hours += 8)
        {
            server.Clock!.Advance(TimeSpan.FromHours(8));
            Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync()).Status);
        }
        server.Clock!.Advance(TimeSpan.FromHours(8));

        Assert.Equal(401, (await browser.AsksWhoWatchesJoAsync()).Status);
        Assert.StartsWith("""{"account":null""", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_outlives_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();

        await server.StopAsync();
        await server.StartAgainAsync();

        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync()).Status);
    }

    [Fact]
    public async Task A_session_that_was_signed_out_stays_so_after_a_restart()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();
        var copy = browser.Cookie;
        await browser.AsksAsync("DELETE", "/session");

        await server.StopAsync();
        await server.StartAgainAsync();

        browser.Cookie = copy;
        Assert.Equal(401, (await browser.AsksWhoWatchesJoAsync()).Status);
        Assert.StartsWith("""{"account":null""", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disabled")]
    [InlineData("password")]
    [InlineData("removed")]
    public async Task A_session_ends_with_what_it_was_begun_with(string what)
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();
        var accounts = server.Services.GetRequiredService<Accounts>();
        var directory = server.Services.GetRequiredService<LocalDirectory>();
        var jo = await directory.FindAsync("im.adatum.com", "JoBrown", default);

        await (what switch
        {
            "disabled" => accounts.SetEnabledAsync(jo!, false, default),
            "password" => accounts.SetPasswordAsync(jo!, "Another-Word-1", default),
            _ => accounts.RemoveAsync(jo!, default),
        });
        await directory.RefreshAsync(default);

        Assert.StartsWith("""{"account":null""", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_proxy_that_speaks_https_the_cookie_is_for_https_alone()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?> { ["Proxies:0"] = "127.0.0.1" });
        var browser = new Browser(server);
        const string signs = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\nOrigin: https://im.adatum.com\r\nSec-Fetch-Site: same-origin\r\n";

        var answer = await browser.SignsInAsync(signs: signs);

        var cookie = Assert.Single(answer.All("Set-Cookie"));
        Assert.StartsWith("__Host-rvp-session=", cookie, StringComparison.Ordinal);
        Assert.Contains("; secure", cookie, StringComparison.Ordinal);
        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync(signs)).Status);
    }

    [Fact]
    public async Task An_account_of_another_home_server_is_sent_there()
    {
        await using var server = await TestServer.StartAsync();
        var accounts = server.Services.GetRequiredService<Accounts>();
        Assert.True(ImAddress.TryParse("KariHensien2@adatum.com", out var address));
        await accounts.AddAsync(new NewAccount("im.adatum.com", address, "Someone", "imhomeserver2.adatum.com", TestServer.Password), default);
        await server.Services.GetRequiredService<LocalDirectory>().RefreshAsync(default);

        var answer = await new Browser(server).SignsInAsync("KariHensien2@adatum.com");

        Assert.Equal((409, """{"home":"http://imhomeserver2.adatum.com/"}""", null), (answer.Status, answer.Body, answer["Set-Cookie"]));
    }

    private static FakeTimeProvider Morning() => new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
}
