using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>People are found, and say themselves how they are called and how they look.</summary>
[Collection(Chrome.Name)]
public sealed class DirectoryTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    // A green square.
    private static readonly byte[] Picture = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGOQq7fBihiGlgQAK4M2QbSDqGsAAAAASUVORK5CYII=");

    [Fact]
    public async Task A_search_finds_people_of_the_organisation_who_are_not_on_the_list()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        var directory = jo.Page.Locator("section[aria-label='In the directory'] .entry");

        await jo.Page.GetByLabel("Search people").FillAsync("ha");
        await Expect(directory.Locator(".name")).ToHaveTextAsync("Don Hall");
        await Flawless.IsAsync(jo.Page, "found in the directory");
        await directory.ClickAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();

        await Expect(jo.Entry("Don Hall").Locator(".state")).ToHaveTextAsync("Offline");
        await jo.Page.GetByLabel("Search people").FillAsync("hall");
        await Expect(directory).ToHaveCountAsync(0);
        await jo.Page.GetByLabel("Search people").FillAsync("<b>&amp;]]>");
        await Expect(jo.Page.Locator(".empty")).ToHaveTextAsync("Nobody on your list is called like this.");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task A_picture_and_a_name_of_ones_own_are_seen_by_others()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await kari.Adds("JoBrown@adatum.com");
        var profile = await jo.Settings("Profile");

        await profile.GetByLabel("Picture").SetInputFilesAsync(new FilePayload { Name = "me.png", MimeType = "image/png", Buffer = Picture });
        await Expect(profile.Locator("img")).ToBeVisibleAsync();
        await Flawless.IsAsync(jo.Page, "settings with a picture");
        await profile.GetByLabel("Name").FillAsync("Johanna Brown");
        await profile.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(jo.Page.Locator(".me h2")).ToHaveTextAsync("Johanna Brown");
        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await Expect(elsewhere.Entry("Johanna Brown").Locator(".face img")).ToHaveCountAsync(1);
        await Flawless.IsAsync(elsewhere.Page, "picture in the list");
        await (await jo.Settings("Profile")).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect((await jo.Settings("Profile")).Locator("img")).ToBeHiddenAsync();
        await profile.GetByLabel("Picture").SetInputFilesAsync(new FilePayload { Name = "me.txt", MimeType = "text/plain", Buffer = "text"u8.ToArray() });
        await Expect(profile.GetByRole(AriaRole.Status)).ToHaveTextAsync("This is no picture that the browser can show.");
    }

    [Fact]
    public async Task Why_there_is_no_connection_is_said()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var bar = jo.Page.Locator(".connection");

        await jo.Context.SetOfflineAsync(true);
        await Expect(bar).ToContainTextAsync("This device has no network.");
        await jo.Context.SetOfflineAsync(false);
        await jo.IsConnected();
        await server.StopAsync();
        await Expect(bar).ToContainTextAsync("The server cannot be reached.");
        await server.StartAgainAsync();
        await jo.IsConnected();
        await jo.Page.EvaluateAsync("() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }");
        await jo.SetsStatus("Busy");

        await Expect(bar).ToContainTextAsync("This browser does not keep anything");
        await Flawless.IsByDayAsync(jo.Page, "nothing is kept");
    }
}
