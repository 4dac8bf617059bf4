using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class StayingTests(Chrome chrome)
{
    [Fact]
    public async Task A_reload_keeps_session_contacts_and_conversation()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await kari.SetsStatus("Busy");
        await jo.Says("Before");
        await kari.Opens("Jo Brown");
        await kari.Hears("Before");

        await jo.Page.ReloadAsync();
        await kari.Says("Meanwhile");

        await jo.IsConnected();
        await jo.Sees("Kari Hensien", "Busy");
        await Expect(jo.Texts).ToHaveTextAsync(["Before", "Meanwhile"]);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Contacts_follow_to_another_browser()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");

        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "JoBrown");

        await elsewhere.Sees("Kari Hensien", "Offline");
    }

    [Fact]
    public async Task A_conversation_goes_on_after_the_server_was_away()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("One");
        await kari.Opens("Jo Brown");
        await kari.Hears("One");

        await server.StopAsync();
        await Expect(jo.Page.Locator(".connection")).ToContainTextAsync("Not connected");
        await jo.Says("Two");
        await Expect(jo.Page.Locator("[data-status=queued] .status")).ToHaveTextAsync("Waits for the connection");
        await server.StartAgainAsync();
        await jo.IsConnected();
        await kari.IsConnected();

        await Expect(kari.Texts).ToHaveTextAsync(["One", "Two"]);
        await kari.Says("Three");
        await jo.Hears("Three");
        await jo.HasDeliveredAll();
    }

    [Fact]
    public async Task Offline_and_back_loses_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await kari.Adds("JoBrown@adatum.com");

        await jo.Context.SetOfflineAsync(true);
        await Expect(jo.Page.Locator(".connection")).ToContainTextAsync("Not connected");
        await kari.Says("While you were away");
        await jo.Says("Still here?");
        await Expect(jo.Page.Locator("[data-status=queued]")).ToHaveCountAsync(1);
        await jo.Context.SetOfflineAsync(false);

        await jo.IsConnected();
        await Expect(jo.Texts).ToHaveTextAsync(["Still here?", "While you were away"]);
        await kari.Hears("Still here?");
    }

    [Fact]
    public async Task Signing_out_is_seen_at_once_and_leaves_nothing_in_the_browser()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Says("A secret");
        await jo.Hears("A secret");

        await jo.Chooses("Sign out");

        await Expect(jo.Page.GetByLabel("Password")).ToBeVisibleAsync();
        await kari.Sees("Jo Brown", "Offline");
        Assert.DoesNotContain("secret", await jo.Page.EvaluateAsync<string>("() => JSON.stringify(localStorage)"), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(await jo.Context.CookiesAsync(), cookie => cookie.Name.Contains("rvp", StringComparison.Ordinal));
        await Expect((await kari.Settings("Who has me on their list")).GetByRole(AriaRole.Status))
            .ToHaveTextAsync("Nobody has you on their list at the moment.");
    }

    [Fact]
    public async Task Who_signs_out_while_offline_is_signed_out_when_the_server_is_back()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");

        await jo.Context.SetOfflineAsync(true);
        await jo.Chooses("Sign out");
        await Expect(jo.Page.GetByText("The server cannot be reached. Trying again…")).ToBeVisibleAsync();
        await jo.Context.SetOfflineAsync(false);

        await Expect(jo.Page.GetByLabel("Password")).ToBeVisibleAsync();
        Assert.DoesNotContain(await jo.Context.CookiesAsync(), cookie => cookie.Name.Contains("rvp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_ended_asks_for_the_password_in_the_page()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");

        await jo.Context.ClearCookiesAsync();
        await jo.SetsStatus("Busy");

        await Expect(jo.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("Your session has ended. Sign in again.");
        await jo.TypesCredentials();
        await jo.IsConnected();
    }

    [Fact]
    public async Task Ten_minutes_without_a_key_are_away_and_the_first_key_is_back()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.OpensAsync(chrome, server, "KariHensien", withClock: true);
        await kari.TypesCredentials();
        await kari.IsConnected();
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Online");

        await kari.Page.Clock.FastForwardAsync("10:10");
        await jo.Sees("Kari Hensien", "Away");
        await kari.Page.Keyboard.PressAsync("a");

        await jo.Sees("Kari Hensien", "Online");
    }
}
