using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>What people choose for themselves.</summary>
[Collection(Chrome.Name)]
public sealed class SettingsTests(Chrome chrome)
{
    [Fact]
    public async Task A_program_writes_by_a_URL_that_is_made_here_until_it_is_ended_here()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = server.Person("KariHensien");
        await kari.SignsIn();
        var hooks = await jo.Settings("Webhooks");

        await hooks.GetByLabel("Name").FillAsync("CI");
        await hooks.GetByLabel("To whom, if not to yourself").FillAsync("KariHensien@adatum.com");
        await hooks.GetByRole(AriaRole.Button, new() { Name = "Make" }).ClickAsync();
        var url = await hooks.GetByLabel("The URL, which is shown only now").InputValueAsync();
        await Flawless.IsAsync(jo.Page, "webhooks");
        Assert.Equal(200, await PostAsync("build is green"));

        Assert.Contains("[CI] build is green", (await kari.Callback.NextAsync()).Body, StringComparison.Ordinal);
        await hooks.GetByRole(AriaRole.Button, new() { Name = "End CI" }).ClickAsync();
        await Expect(hooks.Locator("li")).ToHaveCountAsync(0);
        Assert.Equal(404, await PostAsync("build is red"));
        Assert.Empty(jo.Mistakes);

        async Task<int> PostAsync(string text) => (await server.AskAsync(
            $"POST {new Uri(url).AbsolutePath} HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: {text.Length}\r\n\r\n{text}")).Status;
    }

    [Fact]
    public async Task They_have_an_address_and_back_leads_to_what_was_there()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");

        await jo.Chooses("Settings");
        await Expect(jo.Page.Locator(".settings h2")).ToBeFocusedAsync();
        Assert.EndsWith("#settings", jo.Page.Url, StringComparison.Ordinal);
        await jo.Page.ReloadAsync();
        await Expect(jo.Page.Locator(".settings h2")).ToBeFocusedAsync();
        await jo.Page.GoBackAsync();

        await Expect(jo.Page.Locator(".chat-name h2").First).ToHaveTextAsync("Kari Hensien");
        await Expect(jo.Page.Locator(".settings")).ToHaveCountAsync(0);
        await jo.Chooses("Settings");
        await jo.Page.Locator(".settings").GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(jo.Box).ToBeVisibleAsync();
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Language_colours_and_size_are_chosen_and_stay()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var looks = await jo.Settings("Appearance");

        await looks.GetByLabel("Colours").SelectOptionAsync("dark");
        await looks.GetByLabel("Text size").SelectOptionAsync("larger");
        Assert.Equal(("rgb(24, 29, 38)", "22px"), await LooksAsync(jo.Page));
        await Flawless.IsByDayAsync(jo.Page, "settings, chosen dark and larger");
        var other = await jo.OpensTab();
        await Expect(other.Locator(".me h2")).ToBeVisibleAsync();
        Assert.Equal(("rgb(24, 29, 38)", "22px"), await LooksAsync(other));
        await looks.GetByLabel("Colours").SelectOptionAsync("light");
        await Expect(other.Locator("html")).ToHaveAttributeAsync("data-theme", "light");
        await looks.GetByLabel("Language").SelectOptionAsync("Deutsch");

        await Expect(jo.Page.Locator(".settings h2")).ToHaveTextAsync("Einstellungen");
        await jo.Page.Locator(".me summary").ClickAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Abmelden", Exact = true }).First.ClickAsync();
        await Expect(jo.Page.GetByLabel("Passwort", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Empty(jo.Mistakes);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Pixel 7")]
    public async Task A_status_of_ones_own_words_is_seen_by_others_and_offered_again(string? device)
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", device);
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Sees("Jo Brown", "Online");
        var box = jo.Page.Locator(".popup");

        await jo.Page.Locator("#status").ClickAsync();
        await Flawless.IsAsync(jo.Page, "status");
        await box.GetByLabel("A text of your own").FillAsync("  Writing <b>the</b> report ");
        await jo.Page.Keyboard.PressAsync("Enter");
        await Expect(kari.Entry("Jo Brown").Locator(".note")).ToHaveTextAsync("Writing <b>the</b> report");
        await Expect(jo.Page.Locator(".me .note")).ToHaveTextAsync("Writing <b>the</b> report");
        await Flawless.IsAsync(kari.Page, "status in words");
        await jo.Page.Locator("#status").ClickAsync();
        await box.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(kari.Entry("Jo Brown").Locator(".note")).ToHaveTextAsync("");
        await jo.Page.Locator("#status").ClickAsync();
        await box.GetByRole(AriaRole.Button, new() { Name = "Writing" }).ClickAsync();

        await Expect(kari.Entry("Jo Brown").Locator(".note")).ToHaveTextAsync("Writing <b>the</b> report");
        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await Expect(elsewhere.Page.Locator(".me .note")).ToHaveTextAsync("Writing <b>the</b> report");
        await (await jo.Settings("My status")).GetByRole(AriaRole.Button, new() { Name = "Delete Writing" }).ClickAsync();
        await Expect((await jo.Settings("My status")).Locator("li")).ToHaveCountAsync(0);
        Assert.Empty(jo.Mistakes);
    }

    private static async Task<(string Colour, string Size)> LooksAsync(IPage page) => (
        await page.Locator(".roster").EvaluateAsync<string>("element => getComputedStyle(element).backgroundColor"),
        await page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).fontSize"));
}
