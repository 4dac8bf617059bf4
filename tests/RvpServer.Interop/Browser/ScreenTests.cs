using System.Collections.Concurrent;
using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class ScreenTests(Chrome chrome)
{
    [Theory]
    [InlineData(null)]
    [InlineData("Pixel 7")]
    public async Task Every_screen_is_accessible_and_fits(string? device)
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.OpensAsync(chrome, server, "KariHensien", device);

        await Flawless.IsAsync(kari.Page, "sign-in box");
        await kari.TypesCredentials("wrong");
        await Expect(kari.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("The address or the password is wrong.");
        await Flawless.IsAsync(kari.Page, "wrong password");
        await kari.TypesCredentials();
        await kari.IsConnected();
        await Flawless.IsAsync(kari.Page, "empty list");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("Hello, see https://adatum.com/");
        await Expect(kari.Entry("Jo Brown").Locator(".unread")).ToBeVisibleAsync();
        await Flawless.IsAsync(kari.Page, "unread message");
        await kari.Opens("Jo Brown");
        await kari.Says("Hi");
        await jo.Box.PressSequentiallyAsync("Now");
        await Expect(kari.Page.Locator(".typing")).ToBeVisibleAsync();
        await Flawless.IsAsync(kari.Page, "conversation");
        await kari.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();
        await Expect(kari.Page.Locator(".stranger")).ToBeHiddenAsync();
        await jo.Chooses("Sign out");
        await Expect(kari.Page.Locator(".chat-name .quiet")).ToContainTextAsync("Offline");
        await kari.Says("Gone?");
        await Expect(kari.Page.Locator("[data-status=failed]")).ToHaveCountAsync(1);
        await Flawless.IsAsync(kari.Page, "failed message");
        if (device is not null) await kari.Page.GetByRole(AriaRole.Button, new() { Name = "Back to contacts" }).ClickAsync();
        await kari.Page.Locator(".me summary").ClickAsync();
        await Flawless.IsAsync(kari.Page, "menu");
        await kari.Page.Keyboard.PressAsync("Escape");
        foreach (var item in new[] { "Add a contact", "New conversation with several" })
        {
            await kari.Chooses(item);
            await Expect(kari.Page.Locator("dialog")).ToBeVisibleAsync();
            await Flawless.IsAsync(kari.Page, item);
            await kari.Page.Keyboard.PressAsync("Escape");
            await Expect(kari.Page.Locator("dialog")).ToHaveCountAsync(0);
        }
        await kari.Settings("Password");
        await Expect(kari.Page.Locator(".settings")).Not.ToContainTextAsync("Asking the server");
        await Flawless.IsAsync(kari.Page, "settings");
        await kari.Page.Locator(".settings-body").EvaluateAsync("body => body.scrollTop = body.scrollHeight");
        await Flawless.IsAsync(kari.Page, "settings, further down");
        await kari.Page.GotoAsync(kari.Url + "clients?address=KariHensien@adatum.com");
        await Flawless.IsAsync(kari.Page, "clients");
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task All_of_it_is_done_with_the_keyboard()
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        var keys = jo.Page.Keyboard;

        await Expect(jo.Page.GetByLabel("Address")).ToBeFocusedAsync();
        await keys.TypeAsync("JoBrown@adatum.com");
        await keys.PressAsync("Tab");
        await keys.TypeAsync(TestServer.Password);
        await keys.PressAsync("Enter");
        await jo.IsConnected();
        await PressUntil(jo, "Tab", ".roster-foot button");
        await keys.PressAsync("Enter");
        await Expect(jo.Page.GetByLabel("Address")).ToBeFocusedAsync();
        await keys.TypeAsync("KariHensien@adatum.com");
        await keys.PressAsync("Enter");
        await Expect(jo.Box).ToBeFocusedAsync();
        await keys.TypeAsync("By keyboard");
        await keys.PressAsync("Enter");
        await PressUntil(jo, "Shift+Tab", "#status");
        await keys.PressAsync("Enter");
        await Expect(jo.Page.Locator(".popup [aria-pressed=true]")).ToBeFocusedAsync();
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("Enter");

        await kari.Opens("Jo Brown");
        await kari.Hears("By keyboard");
        await Expect(jo.Page.Locator("#status")).ToHaveAccessibleNameAsync("My status: Busy");
    }

    [Fact]
    public async Task The_first_load_is_under_150_kilobytes()
    {
        await using var server = await TestServer.StartAsync();
        await using var context = await chrome.NewContextAsync();
        var page = await context.NewPageAsync();
        var arrived = new ConcurrentQueue<IResponse>();
        page.Response += (_, response) => arrived.Enqueue(response);

        await page.GotoAsync($"http://im.adatum.com:{server.Port}/");
        await Expect(page.GetByLabel("Password")).ToBeVisibleAsync();

        // What comes from now on was not needed at first.
        var responses = arrived.ToArray();
        var sizes = await Task.WhenAll(responses.Select(response => response.Request.SizesAsync()));
        var transferred = sizes.Sum(size => size.ResponseBodySize + size.ResponseHeadersSize);
        var plain = (await Task.WhenAll(responses.Select(response => response.BodyAsync()))).Sum(body => body.Length);
        Assert.InRange(transferred, 10_000, 150_000);
        Assert.InRange(plain, 10_000, 150_000);
    }

    private static async Task PressUntil(WebUser user, string key, string selector)
    {
        for (var presses = 0; presses < 30; presses++)
        {
            if (await user.Page.Locator(selector).EvaluateAsync<bool>("element => element === document.activeElement")) return;
            await user.Page.Keyboard.PressAsync(key);
        }
        Assert.Fail($"{key} never leads to {selector}");
    }
}
