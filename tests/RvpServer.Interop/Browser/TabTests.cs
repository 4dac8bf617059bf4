using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class TabTests(Chrome chrome)
{
    [Theory]
    [InlineData("im.adatum.com")] // Plain http: no Web Locks.
    [InlineData("localhost")]
    public async Task Two_tabs_share_one_poll_and_everything_that_comes(string host)
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?> { ["VirtualServers:0:HostNames:2"] = "localhost" });
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", host: host);
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await kari.Adds("JoBrown@adatum.com");
        var polls = new List<IPage>();
        jo.Context.Request += (_, request) =>
        {
            if (request.Method == "POLL") lock (polls) polls.Add(request.Frame.Page);
        };
        var second = await jo.OpensTab();

        await kari.Says("To both");
        await second.Locator(".entry").ClickAsync();
        await Expect(second.Locator(".log .text")).ToHaveTextAsync("To both");
        await jo.Hears("To both");
        await second.Locator("#box").FillAsync("From the second");
        await second.Locator("#box").PressAsync("Enter");
        await kari.Hears("From the second");
        await jo.Hears("From the second");
        await WebUser.SetsStatus(second, "Busy");
        await kari.Sees("Jo Brown", "Busy");
        lock (polls) Assert.DoesNotContain(second, polls);

        await jo.Page.CloseAsync();
        await kari.Says("To the one that is left");
        await Expect(second.Locator(".log .text").Last).ToHaveTextAsync("To the one that is left");
        lock (polls) Assert.Contains(second, polls);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Six_tabs_starve_no_request()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        for (var i = 0; i < 6; i++) await jo.OpensTab();

        await jo.SetsStatus("Busy");

        await Expect(jo.OwnPresence).ToHaveAttributeAsync("data-state", "busy");
        await jo.Page.ReloadAsync();
        await jo.Sees("Kari Hensien", "Offline");
    }

    [Fact]
    public async Task One_message_makes_one_desktop_notification_however_many_tabs()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?> { ["VirtualServers:0:HostNames:2"] = "localhost" });
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown", host: "localhost");
        await jo.Context.AddInitScriptAsync(
            """
            window.shown = [];
            window.Notification = class {
              static permission = 'granted';
              constructor(title, options) { shown.push(`${title}: ${options.body}`); }
            };
            """);
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();
        await jo.IsConnected();
        var second = await jo.OpensTab();
        await Expect(second.Locator(".me h2")).ToHaveTextAsync("Jo Brown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await kari.Adds("JoBrown@adatum.com");

        await kari.Says("Look here");

        await jo.Page.WaitForFunctionAsync("() => shown.length > 0");
        Assert.Equal(["KariHensien@adatum.com: Look here"], await jo.Page.EvaluateAsync<string[]>("() => shown"));
        Assert.Empty(await second.EvaluateAsync<string[]>("() => shown"));
    }

    [Fact]
    public async Task Signing_out_in_one_tab_signs_out_in_all()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var second = await jo.OpensTab();
        await Expect(second.Locator(".me h2")).ToHaveTextAsync("Jo Brown");

        await second.Locator(".me summary").ClickAsync();
        await second.Locator(".me .menu").GetByText("Sign out").ClickAsync();

        await Expect(jo.Page.GetByLabel("Password")).ToBeVisibleAsync();
        await Expect(second.GetByLabel("Password")).ToBeVisibleAsync();
    }
}
