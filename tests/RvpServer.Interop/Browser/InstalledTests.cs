using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>The web client as a program of its own, with its service worker: at localhost, where browsers allow one.</summary>
[Collection(Chrome.Name)]
public sealed class InstalledTests(Chrome chrome)
{
    // The names of the stores of the page's files, and how many files are in them.
    private const string Kept =
        "async () => (await Promise.all((await caches.keys()).map(async name => (await (await caches.open(name)).keys()).length))).join()";

    [Fact]
    public async Task A_browser_finds_nothing_that_keeps_it_from_installing()
    {
        await using var server = await StartAsync();
        await using var jo = await SignsInAsync(server, "JoBrown");
        var browser = await jo.Context.NewCDPSessionAsync(jo.Page);

        var manifest = (await browser.SendAsync("Page.getAppManifest"))!.Value;
        var obstacles = (await browser.SendAsync("Page.getInstallabilityErrors"))!.Value;

        Assert.Equal("[]", manifest.GetProperty("errors").GetRawText());
        Assert.Contains("\"name\":\"Instant messaging\"", manifest.GetProperty("data").GetString(), StringComparison.Ordinal);
        var ids = obstacles.GetProperty("installabilityErrors").EnumerateArray().Select(error => error.GetProperty("errorId").GetString());
        // A context of tests is one of those that keep nothing.
        Assert.Empty(ids.Except(["in-incognito"]));
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Without_the_server_the_page_opens_with_what_was_said_and_goes_on_when_it_is_back()
    {
        await using var server = await StartAsync();
        await using var jo = await SignsInAsync(server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("Before the storm");
        await jo.HasDeliveredAll();
        await HasKeptPage(jo);

        await server.StopAsync();
        await jo.Page.ReloadAsync();

        await Expect(jo.Texts).ToHaveTextAsync("Before the storm");
        await Expect(jo.Page.Locator(".connection")).ToContainTextAsync("Not connected");
        await jo.Chooses("Settings");
        await Expect(jo.Page.Locator(".settings h2")).ToBeVisibleAsync();
        await jo.Page.GoBackAsync();
        await server.StartAgainAsync();
        await jo.IsConnected();
        await kari.IsConnected();
        await jo.Says("After it");
        await Expect(kari.Entry("JoBrown")).ToContainTextAsync("After it");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Another_version_is_there_at_the_next_load_and_the_old_one_is_not_kept()
    {
        await using var server = await StartAsync();
        await using var jo = await SignsInAsync(server, "JoBrown");
        await HasKeptPage(jo);

        await jo.Page.EvaluateAsync(
            """
            async () => {
              const [name] = await caches.keys();
              const old = await caches.open('rvp-shell of an older version');
              await old.put('./old.js', new Response('old'));
              await (await caches.open(name)).put('./', new Response('<h1>Old page</h1>', { headers: { 'Content-Type': 'text/html' } }));
              await (await navigator.serviceWorker.getRegistration()).unregister();
            }
            """);
        await jo.Page.ReloadAsync();

        await jo.IsConnected();
        await Expect(jo.Page.Locator(".me h2")).ToHaveTextAsync("Jo Brown");
        await Deadline.Until(
            async () => await jo.Page.EvaluateAsync<int>("async () => (await caches.keys()).length") == 1, "the old version to go", () => "still there");
    }

    [Fact]
    public async Task Who_signs_out_leaves_no_page_and_who_signs_in_again_has_it_again()
    {
        await using var server = await StartAsync();
        await using var jo = await SignsInAsync(server, "JoBrown");
        await HasKeptPage(jo);

        await jo.Chooses("Sign out");
        await Expect(jo.Page.GetByLabel("Password")).ToBeVisibleAsync();
        Assert.Equal("", await jo.Page.EvaluateAsync<string>(Kept));
        Assert.Null(await jo.Page.EvaluateAsync<string?>("() => localStorage.getItem('rvp-session')"));

        await jo.TypesCredentials();
        await jo.IsConnected();
        await HasKeptPage(jo);
    }

    [Fact]
    public async Task Answers_of_the_server_are_never_kept()
    {
        await using var server = await StartAsync();
        await using var jo = await SignsInAsync(server, "JoBrown");
        await HasKeptPage(jo);
        await jo.Page.ReloadAsync();
        await jo.IsConnected();

        var paths = await jo.Page.EvaluateAsync<string[]>(
            "async () => (await (await caches.open((await caches.keys())[0])).keys()).map(request => new URL(request.url).pathname)");

        Assert.All(paths, path => Assert.Matches("^/$|^/assets/|^/look/", path));
    }

    [Fact]
    public async Task A_notification_is_answered_where_it_is()
    {
        await using var server = await StartAsync();
        await using var jo = await SignsInAsync(server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Sees("Jo Brown", "Online");
        await kari.Says("Lunch?");
        await Expect(jo.Entry("KariHensien")).ToContainTextAsync("Lunch?");
        await HasKeptPage(jo);

        // As the worker says it (tests/web/worker.test.js); no browser without windows shows a notification.
        await jo.Page.EvaluateAsync(
            """
            () => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', {
              data: { reply: 'At noon', chat: 'p:http://im.adatum.com/instmsg/aliases/karihensien' },
            }))
            """);

        await kari.Hears("At noon");
        await Expect(jo.Entry("KariHensien").Locator(".unread")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Who_closes_the_page_is_soon_offline_and_who_loads_it_again_goes_on()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Online");
        const string signIn = "() => JSON.parse(Object.entries(localStorage).find(([name]) => name.startsWith('rvp-link:'))[1]).signIn";
        var before = await kari.Page.EvaluateAsync<int>(signIn);

        await kari.Page.ReloadAsync();
        await kari.IsConnected();
        Assert.Equal(before, await kari.Page.EvaluateAsync<int>(signIn));
        await jo.Sees("Kari Hensien", "Online");
        await kari.Page.GotoAsync("about:blank");

        await Expect(jo.Entry("Kari Hensien").Locator(".state")).ToHaveTextAsync("Offline", new() { Timeout = 60_000 });
        await kari.Page.GotoAsync(kari.Url);
        await jo.Sees("Kari Hensien", "Online");
    }

    private static Task<TestServer> StartAsync() =>
        TestServer.StartAsync(new Dictionary<string, string?> { ["VirtualServers:0:HostNames:2"] = "localhost" });

    private Task<WebUser> SignsInAsync(TestServer server, string name) => WebUser.SignsInAsync(chrome, server, name, host: "localhost");

    private static async Task HasKeptPage(WebUser user)
    {
        await user.Page.EvaluateAsync("() => navigator.serviceWorker.ready");
        await Deadline.Until(
            async () => int.TryParse(await user.Page.EvaluateAsync<string>(Kept), out var files) && files > 30, "the page's files to be kept", () => "fewer");
    }
}
