using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>
/// Every screen at 320 pixels, which a window of 1280 is at 400 % zoom: by day and by night, with the colours of the system, and without movement.
/// [WCAG 2.2, 1.4.10]
/// </summary>
[Collection(Chrome.Name)]
public sealed class NarrowTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    private static readonly Dictionary<string, string?> Everything = new() { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" };

    // As high as a telephone, and as a window of 1024 is at 400 % zoom, where only what fits is another question.
    [Theory]
    [InlineData(640, true)]
    [InlineData(256, false)]
    public async Task Every_screen_is_accessible_and_fits(int height, bool isRead)
    {
        await using var server = await TestServer.StartAsync(Everything, accounts: People);
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        await jo.Page.SetViewportSizeAsync(320, height);
        await Is("sign-in");
        await jo.TypesCredentials();
        await jo.IsConnected();
        await Is("first steps");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Says("**Bold**, `code`, https://adatum.com/ and\n> quoted\n- one\n- two");
        await Expect(jo.Page.Locator(".unread")).ToBeVisibleAsync();
        await Is("request in the list");
        await jo.Opens("Kari");
        await Is("request");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();
        await Expect(jo.Page.Locator(".stranger")).ToBeHiddenAsync();
        await jo.Page.Locator(".log article").Last.HoverAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Reply" }).Last.ClickAsync();
        await Is("replying");
        await jo.Says("A reply");
        await jo.HasDeliveredAll();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Emoji" }).ClickAsync();
        await Expect(jo.Dialog.Locator(".shelf button").First).ToBeVisibleAsync();
        await Is("emoji");
        await jo.Page.Keyboard.PressAsync("Escape");
        await jo.Does("Search in this conversation");
        await Expect(jo.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search in this conversation" })).ToBeFocusedAsync();
        await jo.Page.Keyboard.TypeAsync("reply");
        await Expect(jo.Page.Locator(".found")).ToBeVisibleAsync();
        await Is("search in a conversation");
        await Back();
        // In a low window the button below the list has made room for it.
        await jo.Chooses("Add a contact…");
        await jo.Page.GetByLabel("Address").FillAsync("DonHall@adatum.com");
        await Is("add a contact");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(jo.Dialog).ToHaveCountAsync(0);
        await Back();
        await jo.Chooses("New conversation with several…");
        foreach (var name in new[] { "Kari Hensien", "Don Hall" }) await jo.Dialog.GetByRole(AriaRole.Checkbox, new() { Name = name }).CheckAsync();
        await Is("new group");
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await jo.Says("Hello all");
        await jo.Does("People and name…");
        await Is("people of a group");
        await jo.Dialog.GetByLabel("Name of the conversation").FillAsync("Lunch");
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(jo.Page.Locator(".log .note")).ToHaveCountAsync(1);
        await Is("group");
        await Back();
        await Is("list");
        await jo.Page.Locator("#status").ClickAsync();
        await Expect(jo.Page.Locator(".popup")).ToBeVisibleAsync();
        await Is("status");
        await jo.Page.Keyboard.PressAsync("Escape");
        await jo.Page.Locator("#search").FillAsync("reply");
        await Expect(jo.Page.Locator("section[aria-label=Messages] .entry")).ToHaveCountAsync(1);
        await Is("found messages");
        await jo.Page.Locator("#search").FillAsync("hall");
        await Is("found people");
        await jo.Page.Locator("#search").FillAsync("");
        await jo.Chooses("Keys");
        await Expect(jo.Page.Locator(".keys")).ToBeVisibleAsync();
        await Is("help");
        await jo.Page.Keyboard.PressAsync("Escape");
        foreach (var part in new[] { "Profile", "Who may see me", "Webhooks", "Where I am signed in", "Password" })
        {
            await (await jo.Settings(part)).ScrollIntoViewIfNeededAsync();
            await Expect(jo.Page.Locator(".settings")).Not.ToContainTextAsync("Asking the server");
            await Is("settings, " + part);
        }
        Assert.Empty(jo.Mistakes);

        Task Back() => jo.Page.Locator(".back:visible").ClickAsync();

        async Task Is(string screen)
        {
            if (isRead) await Flawless.IsAsync(jo.Page, $"{screen}, {height}");
            else await Flawless.FitsAsync(jo.Page, $"{screen}, {height}");
            var isLonger = await jo.Page.EvaluateAsync<bool>("() => !!document.querySelector('.shell') && document.documentElement.scrollHeight > innerHeight");
            Assert.False(isLonger, screen + " is longer than the window");
            if (isRead) await Flawless.IsInForcedColorsAsync(jo.Page, $"{screen}, {height}");
        }
    }

    [Fact]
    public async Task From_the_list_one_key_leads_to_the_conversation()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        var skip = jo.Page.GetByRole(AriaRole.Button, new() { Name = "Skip the list" });

        var isFirst = await skip.EvaluateAsync<bool>("button => button === document.querySelector('a[href], button, input, select, textarea')");
        Assert.True(isFirst, "the first that Tab leads to");
        await skip.FocusAsync();
        await Expect(skip).ToBeInViewportAsync();
        await Flawless.IsAsync(jo.Page, "skip");
        await jo.Page.Keyboard.PressAsync("Enter");

        await Expect(jo.Box).ToBeFocusedAsync();
    }
}
