using Rvp.Testing;
using RvpServer.Configuration;
using RvpServer.Tests.Web;

namespace RvpServer.Tests.Router;

/// <summary>
/// The web client from outside, where only the router is reached: Jo Brown's home server is a process of its own, Kari Hensien's is in the router's.
/// </summary>
public sealed class RouterWebTests : IAsyncLifetime, IDisposable
{
    private const string AsJo = Browser.OwnPage + "RVP-From-Principal: http://im.adatum.com/instmsg/aliases/JoBrown\r\n";
    private const string JosNode = "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown";
    private const string KarisNode = "/instmsg/local/im.adatum.com/instmsg/aliases/KariHensien";

    private readonly TempFolder folder = new();
    private readonly FakeDns dns = new FakeDns().HasAddress("imhomeserver1.adatum.com", "127.0.0.1").HasAddress("imhomeserver2.adatum.com", "127.0.0.1");
    private TestServer home = null!;
    private TestServer router = null!;

    public async Task InitializeAsync()
    {
        var key = folder.WriteSecret("key", OrganisationKey.Make());
        var port = FreePort.Take();
        home = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["VirtualServers:0:HostNames:0"] = "imhomeserver1.adatum.com",
                ["VirtualServers:0:HostNames:1"] = null,
                ["OrganisationKeyFile"] = key,
            },
            accounts:
            [
                new TestAccount("JoBrown@adatum.com", "Jo Brown"),
                new TestAccount("KariHensien@adatum.com", "Kari", Home: $"imhomeserver2.adatum.com:{port}"),
            ],
            replace: dns.Replace);
        router = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["VirtualServers:0:Name"] = "imrouter1",
                ["VirtualServers:0:Role"] = "Router",
                ["VirtualServers:0:HostNames:1"] = null,
                ["VirtualServers:1:Name"] = "imhomeserver2",
                ["VirtualServers:1:Domain"] = "im.adatum.com",
                ["VirtualServers:1:HostNames:0"] = "imhomeserver2.adatum.com",
                ["VirtualServers:1:Port"] = $"{port}",
                ["Federation:Trusted:0"] = "127.0.0.1",
                ["OrganisationKeyFile"] = key,
            },
            accounts:
            [
                new TestAccount("JoBrown@adatum.com", "Jo Brown", Home: $"imhomeserver1.adatum.com:{home.Port}"),
                new TestAccount("KariHensien@adatum.com", "Kari Hensien", Home: "imhomeserver2"),
            ],
            replace: dns.Replace, port: port);
    }

    public async Task DisposeAsync()
    {
        await router.DisposeAsync();
        await home.DisposeAsync();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task The_pages_are_the_routers_own_and_name_a_server_that_is_reached_from_outside()
    {
        var browser = new Browser(router);

        Assert.Equal(200, (await browser.AsksAsync("GET", "/", "")).Status);
        Assert.Contains("--server \"http://im.adatum.com\"", (await browser.AsksAsync("GET", "/clients", "")).Body, StringComparison.Ordinal);
        Assert.Contains("--server \"http://im.adatum.com", (await new Browser(home).AsksAsync("GET", "/clients", "", host: "imhomeserver1.adatum.com")).Body,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JoBrown@adatum.com", "JoBrown")]
    [InlineData("jobrown", "JoBrown")]
    [InlineData("KariHensien@adatum.com", "KariHensien")]
    public async Task People_sign_in_wherever_their_home_server_is(string typed, string name)
    {
        var browser = new Browser(router);

        var begun = await browser.SignsInAsync(typed);

        Assert.Equal(200, begun.Status);
        Assert.Contains($"\"name\":\"{name}\"", begun.Body, StringComparison.Ordinal);
        Assert.Contains($"\"name\":\"{name}\"", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
        Assert.Contains("\"isThis\":true", (await browser.AsksAsync("GET", "/sessions")).Body, StringComparison.Ordinal);
        Assert.Contains("aliases/KariHensien", (await browser.AsksAsync("GET", "/address?of=KariHensien@adatum.com")).Body, StringComparison.Ordinal);
        Assert.Equal(["no-store"], begun.All("Cache-Control"));
        Assert.Equal(204, (await browser.AsksAsync("DELETE", "/session")).Status);
        Assert.Contains("\"account\":null", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jo_signs_in_hears_and_looks_Kari_up_through_the_router()
    {
        await using var kari = router.Person("KariHensien");
        await kari.SignsInToPoll();
        await kari.SetsState("busy");
        kari.Host = $"imhomeserver2.adatum.com:{router.Port}";
        var browser = new Browser(router);
        await browser.SignsInAsync();

        var signIn = await browser.AsksAsync("SUBSCRIBE", JosNode, AsJo + "Notification-Type: pragma/notify\r\n");
        var kariSays = await kari.Asks("NOTIFY", "/instmsg/local/im.adatum.com/instmsg/aliases/JoBrown", "RVP-Ack-Type: DeepOr\r\nRVP-Hop-Count: 1\r\n",
            kari.MessageTo(home.Person("JoBrown"), "Hello"));
        var heard = await browser.AsksAsync("POLL", JosNode, AsJo + $"Subscription-Id: {signIn["Subscription-Id"]}\r\n");
        var seen = await browser.AsksAsync("PROPFIND", KarisNode, AsJo + "Depth: 0\r\nContent-Type: text/xml\r\n",
            "<d:propfind xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/'><d:prop><r:state/></d:prop></d:propfind>");

        Assert.Equal((200, 200, 200, 207), (signIn.Status, kariSays.Status, heard.Status, seen.Status));
        Assert.Contains("Hello", heard.Body, StringComparison.Ordinal);
        Assert.Contains("busy", seen.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("JoBrown@adatum.com", "wrong")]
    [InlineData("Nobody@adatum.com", "wrong")]
    public async Task A_wrong_pair_gets_the_same_answer_for_everybody(string address, string password)
    {
        var answer = await new Browser(router).SignsInAsync(address, password);

        Assert.Equal((401, "RvpSession"), (answer.Status, answer["WWW-Authenticate"]));
        Assert.Null(answer["Set-Cookie"]);
    }

    [Theory]
    [InlineData("Origin: http://evil.example\r\nRVP-Client: web\r\n")]
    [InlineData("Origin: http://imhomeserver1.adatum.com\r\nRVP-Client: web\r\n")]
    [InlineData("Sec-Fetch-Site: cross-site\r\n")]
    public async Task Pages_of_others_get_no_session(string signs)
    {
        Assert.Equal(403, (await new Browser(router).SignsInAsync(signs: signs)).Status);
    }

    [Theory]
    [InlineData("rvp-account=JoBrown")]
    [InlineData("rvp-account=JoBrown; rvp-session=made-up")]
    public async Task The_cookie_with_the_name_proves_nothing(string cookie)
    {
        var browser = new Browser(router) { Cookie = $"Cookie: {cookie}\r\n" };

        Assert.Contains("\"account\":null", (await browser.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
        Assert.Equal(401, (await browser.AsksAsync("SUBSCRIPTIONS", JosNode, AsJo)).Status);
    }

    [Theory]
    [InlineData("text/plain", "x", 415)]
    [InlineData("application/json", "{}", 400)]
    [InlineData("application/json", "[", 400)]
    public async Task A_form_that_is_none_is_refused(string type, string body, int status)
    {
        Assert.Equal(status, (await new Browser(router).AsksAsync("POST", "/session", Browser.OwnPage + $"Content-Type: {type}\r\n", body)).Status);
    }
}
