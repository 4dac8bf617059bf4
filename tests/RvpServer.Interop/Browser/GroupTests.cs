using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>Contacts in an order of one's own: favourites and groups, which the server keeps.</summary>
[Collection(Chrome.Name)]
public sealed class GroupTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    [Theory]
    [InlineData(null)]
    [InlineData("Pixel 7")]
    public async Task Favourites_are_first_and_groups_can_be_closed_in_every_browser(string? device)
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", device);
        await jo.Adds("KariHensien@adatum.com");
        await jo.Does("Add to favourites");
        await Expect(Section(jo, "Favourites").Locator(".entry")).ToContainTextAsync("Kari Hensien");
        if (device is not null) await jo.Page.GoBackAsync();
        await jo.Adds("DonHall@adatum.com");

        await jo.Does("Group…");
        await Flawless.IsAsync(jo.Page, "group of a contact");
        await jo.Dialog.GetByRole(AriaRole.Combobox).FillAsync("Sales");
        await jo.Page.Keyboard.PressAsync("Enter");
        await Expect(jo.Dialog).ToHaveCountAsync(0);
        if (device is not null) await jo.Page.GoBackAsync();
        await Expect(jo.Page.Locator(".people h2:visible")).ToHaveTextAsync(["Favourites (1)", "Sales (1)"]);
        await Flawless.IsAsync(jo.Page, "favourites and groups");
        var fold = jo.Page.GetByRole(AriaRole.Button, new() { Name = "Sales (1)" });
        await fold.ClickAsync();

        await Expect(fold).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(Section(jo, "Sales").Locator(".entry")).ToHaveCountAsync(0);
        await jo.Page.GetByLabel("Search people").FillAsync("don");
        await Expect(Section(jo, "Sales").Locator(".entry")).ToHaveCountAsync(1);
        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await Expect(Section(elsewhere, "Favourites").Locator(".entry")).ToContainTextAsync("Kari Hensien");
        await Expect(Section(elsewhere, "Sales").Locator(".entry")).ToContainTextAsync("Don Hall");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Two_thousand_contacts_are_stored_and_one_more_changes_one_property()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        // Nobody has those addresses, and the test does not wait for two thousand refusals.
        await jo.Context.AddInitScriptAsync(
            """
            const real = window.fetch;
            window.fetch = (path, options) => options?.method === 'SUBSCRIBE' && /aliases\/p\d+$/.test(path) ? new Promise(() => {}) : real(path, options);
            """);
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();
        await jo.IsConnected();
        await jo.Page.EvaluateAsync(
            """
            async () => {
              const folder = document.querySelector('link[rel=modulepreload]').href.replace(/[^/]+$/, '');
              const { Rvp } = await import(folder + 'rvp.js');
              const { account, server } = await (await import(folder + 'session.js')).current();
              const people = Array.from({ length: 2000 }, (_, i) =>
                ({ url: `http://im.adatum.com/instmsg/aliases/p${i}`, address: `p${i}@adatum.com`, name: `Ärztin und Person ${i}` }));
              await new Rvp(account, server).changeContacts(() => people);
            }
            """);
        await jo.Page.ReloadAsync();
        await jo.IsConnected();
        await jo.Page.EvaluateAsync("() => localStorage.clear()");
        await jo.Page.GotoAsync("about:blank");
        await jo.Page.GotoAsync(jo.Url);
        await Expect(jo.Page.Locator(".people h2", new() { HasText = "Contacts (2000)" })).ToBeVisibleAsync();
        var written = new List<string>();
        jo.Page.Request += (_, request) =>
        {
            if (request.Method != "PROPPATCH" || !request.PostData!.Contains("urn:rvpserver:private", StringComparison.Ordinal)) return;
            lock (written) written.Add(request.PostData);
        };

        await jo.Adds("KariHensien@adatum.com");

        lock (written) Assert.Contains("KariHensien@adatum.com", Assert.Single(written), StringComparison.Ordinal);
        Assert.Empty(jo.Mistakes);
    }

    private static ILocator Section(WebUser user, string name) => user.Page.Locator($".people section[aria-label='{name}']");
}
