using Rvp.Testing;

namespace RvpServer.Tests.Web;

/// <summary>What pages of other sites make a browser send, cookie included, as if SameSite did not exist.</summary>
public class ForeignPageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("Origin: http://evil.example\r\n")]
    [InlineData("Origin: http://evil.example\r\nRVP-Client: web\r\n")]
    [InlineData("Origin: null\r\nRVP-Client: web\r\n")]
    [InlineData("Origin: http://im.adatum.com:81\r\nRVP-Client: web\r\n")]
    [InlineData("Origin: http://im.adatum.com.evil.example\r\nRVP-Client: web\r\n")]
    [InlineData("Origin: file://im.adatum.com\r\nRVP-Client: web\r\n")]
    [InlineData("Sec-Fetch-Site: cross-site\r\nRVP-Client: web\r\n")]
    [InlineData("Sec-Fetch-Site: same-site\r\nRVP-Client: web\r\n")]
    [InlineData("Sec-Fetch-Site: none\r\n")]
    [InlineData("Sec-Fetch-Site: cross-site\r\nOrigin: http://im.adatum.com\r\n")]
    public async Task A_cookie_without_a_sign_of_our_own_page_does_nothing(string signs)
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();
        var cookie = browser.Cookie;

        var verb = await browser.AsksWhoWatchesJoAsync(signs);
        var session = await browser.AsksAsync("GET", "/session", signs);
        var address = await browser.AsksAsync("GET", "/address?of=KariHensien@adatum.com", signs);
        var signOut = await browser.AsksAsync("DELETE", "/session", signs);

        Assert.All([verb, session, address, signOut], answer => Assert.Equal(403, answer.Status));
        Assert.All([verb, session, address, signOut], answer => Assert.Empty(answer.All("WWW-Authenticate")));
        Assert.Equal(cookie, browser.Cookie);
        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync()).Status);
    }

    [Theory]
    [InlineData("RVP-Client: web\r\n")]
    [InlineData("Sec-Fetch-Site: same-origin\r\n")]
    [InlineData("Origin: http://im.adatum.com\r\n")]
    [InlineData("Origin: http://IM.adatum.com:80\r\n")]
    public async Task One_sign_of_our_own_page_is_enough(string signs)
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();

        Assert.Equal(200, (await browser.AsksWhoWatchesJoAsync(signs)).Status);
    }

    [Theory]
    [InlineData("Origin: http://evil.example\r\n")]
    [InlineData("Sec-Fetch-Site: cross-site\r\n")]
    public async Task Another_site_cannot_sign_anybody_in(string signs)
    {
        await using var server = await TestServer.StartAsync();

        var answer = await new Browser(server)
            .AsksAsync("POST", "/session", signs + "Content-Type: application/x-www-form-urlencoded\r\n", "address=JoBrown&password=Pass-Word-1");

        Assert.Equal(403, answer.Status);
        Assert.Null(answer["Set-Cookie"]);
    }

    [Fact]
    public async Task A_preflight_is_never_answered()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await new Browser(server)
            .AsksAsync("OPTIONS", "/instmsg/aliases/JoBrown",
            "Origin: http://evil.example\r\nAccess-Control-Request-Method: PROPPATCH\r\nAccess-Control-Request-Headers: rvp-client\r\n");

        Assert.Equal(501, answer.Status);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }
}
