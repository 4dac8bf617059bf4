using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>Whoever is here for the first time is told what to do.</summary>
[Collection(Chrome.Name)]
public sealed class NewcomerTests(Chrome chrome)
{
    [Fact]
    public async Task A_newcomer_is_told_what_to_do_and_invites_by_a_link()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await Flawless.IsAsync(jo.Page, "newcomer");

        var link = await jo.Page.Locator(".first a").TextContentAsync();
        await kari.Page.GotoAsync("about:blank");
        await kari.Page.GotoAsync(link!);
        await Expect(kari.Dialog.GetByLabel("Address")).ToHaveValueAsync("JoBrown@adatum.com");
        await kari.Page.Keyboard.PressAsync("Enter");
        await kari.Sees("Jo Brown", "Online");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Page.GotoAsync(jo.Url + "#");

        await Expect(jo.Page.Locator(".first")).ToBeHiddenAsync();
        await Expect(jo.Page.GetByText("Choose somebody from your list")).ToBeVisibleAsync();
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Whoever_adds_one_is_announced_once_and_added_by_a_button()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await Expect(jo.Page.Locator(".first")).ToBeVisibleAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Sees("Jo Brown", "Online");

        await jo.Page.ReloadAsync();

        var requests = jo.Page.GetByRole(AriaRole.Region, new() { Name = "Requests" });
        await Expect(requests).ToContainTextAsync("KariHensien@adatum.com has added you as a contact.");
        await jo.Opens("KariHensien");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).First.ClickAsync();
        await jo.Sees("Kari Hensien", "Online");
        await Expect(requests).ToHaveCountAsync(0);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Keys_lead_to_the_search_and_tell_what_they_do()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        var keys = jo.Page.Keyboard;

        await keys.TypeAsync("What?");
        await Expect(jo.Box).ToHaveValueAsync("What?");
        await keys.PressAsync("Control+k");
        await Expect(jo.Page.Locator("#search")).ToBeFocusedAsync();
        await keys.PressAsync("ArrowDown");
        await keys.PressAsync("?");
        await Expect(jo.Dialog.GetByRole(AriaRole.Heading, new() { Name = "Keys" })).ToBeVisibleAsync();
        await Flawless.IsAsync(jo.Page, "keys");
        await keys.PressAsync("Escape");
        await Expect(jo.Dialog).ToHaveCountAsync(0);
        await jo.Page.Locator("body").PressAsync("Tab");
        await Expect(jo.Page.Locator(".entry")).ToHaveCountAsync(1);
    }
}
