using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>What does not work says why, and what works all the same does.</summary>
[Collection(Chrome.Name)]
public sealed class CauseTests(Chrome chrome)
{
    private const string NothingIsKept = "This browser does not keep anything: its storage is full, or forbidden to this page.";

    [Fact]
    public async Task A_message_for_which_there_is_no_room_says_so()
    {
        var small = new Dictionary<string, string?> { ["Messages:Offline"] = "true", ["Polling:MaxQueuedNotifications"] = "4" };
        await using var server = await TestServer.StartAsync(small);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");

        for (var i = 1; i <= 5; i++)
        {
            await jo.Says($"Number {i}");
            await Expect(jo.Page.Locator(".mine:is([data-status=waiting], [data-status=failed])")).ToHaveCountAsync(i);
        }

        await Expect(jo.Page.Locator(".mine").Last.Locator(".status"))
            .ToHaveTextAsync("Not delivered. There is no room for more messages to this person until they have taken some. Send again");
        await Flawless.IsByDayAsync(jo.Page, "no room");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task What_the_server_cannot_take_now_says_so_and_goes_later()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        var isFull = true;
        await jo.Page.RouteAsync("**/instmsg/**", route => route.Request.Method == "NOTIFY" && isFull
            ? route.FulfillAsync(new() { Status = 503, Headers = new Dictionary<string, string> { ["RVP-Notifications-Version"] = "0.2" } })
            : route.ContinueAsync());

        await jo.Says("Once there is room");
        await Expect(jo.Page.Locator(".mine .status")).ToHaveTextAsync("The server cannot deliver it at the moment. Sending…");
        isFull = false;

        await jo.HasDeliveredAll();
        await kari.Opens("Jo Brown");
        await Expect(kari.Texts).ToHaveTextAsync(["Once there is room"]);
    }

    [Theory]
    [InlineData("im.adatum.com", "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };")]
    [InlineData("localhost", "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };")]
    [InlineData("im.adatum.com", "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden', 'SecurityError'); } });")]
    [InlineData("localhost", """
        Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('forbidden', 'SecurityError'); } });
        navigator.locks.request = async () => { throw new DOMException('forbidden', 'SecurityError'); };
        """)]
    public async Task A_browser_that_keeps_nothing_is_no_server_that_is_away(string host, string browser)
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown", host: host);
        await jo.Context.AddInitScriptAsync(browser);
        await jo.Page.ReloadAsync();

        await jo.TypesCredentials();
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Online");
        await jo.Says("Hello");
        await jo.HasDeliveredAll();
        await Expect(jo.Page.Locator(".connection")).ToHaveTextAsync(NothingIsKept);
        await kari.Opens("Jo Brown");
        await kari.Says("Hello yourself");
        await jo.Hears("Hello yourself");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Emoji" }).ClickAsync();
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "grinning", Exact = true }).ClickAsync();
        await jo.Chooses("Sign out");

        await Expect(jo.Page.GetByLabel("Password")).ToBeVisibleAsync();
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task A_browser_that_takes_no_cookies_is_told_what_they_are_for()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        await jo.Context.AddInitScriptAsync("Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false });");
        await jo.Page.ReloadAsync();

        await Expect(jo.Page.GetByRole(AriaRole.Alert))
            .ToHaveTextAsync("This browser takes no cookies from this page: allow them, since without one nobody stays signed in.");
    }
}
