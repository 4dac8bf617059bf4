using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class SignedInTests(Chrome chrome)
{
    [Fact]
    public async Task A_session_elsewhere_is_seen_and_ended()
    {
        await using var server = await TestServer.StartAsync();
        await using var forgotten = await WebUser.SignsInAsync(chrome, server, "JoBrown", "Pixel 7");
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");

        var sessions = await jo.Settings("Where I am signed in");

        await Expect(sessions.GetByRole(AriaRole.Status)).ToHaveTextAsync("2 browsers are signed in with your password:");
        await Expect(sessions.Locator("li", new() { HasText = "This browser" })).ToContainTextAsync("from 127.0.0.1, since");
        await sessions.Locator("li", new() { HasText = "Chrome on Android" }).GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(sessions.GetByRole(AriaRole.Status)).ToHaveTextAsync("Only this browser is signed in with your password.");
        await forgotten.Page.ReloadAsync();
        await Expect(forgotten.Page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
        await jo.IsConnected();
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_other_browsers_and_other_programs()
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var forgotten = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var program = server.Person("JoBrown");
        await program.SignsIn();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Sees("Jo Brown", "Online");

        await (await jo.Settings("Where I am signed in")).GetByRole(AriaRole.Button, new() { Name = "Sign out everywhere" }).ClickAsync();

        await Expect(jo.Page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
        // At once: its waiting POLL ends with its sign-in.
        await Expect(forgotten.Page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
        await kari.Sees("Jo Brown", "Offline");
        Assert.DoesNotContain("<r:subscription>", (await program.ListsSignIns()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_changes_the_password_stays_and_everything_with_the_old_one_ends()
    {
        await using var server = await TestServer.StartAsync();
        await using var forgotten = await WebUser.SignsInAsync(chrome, server, "JoBrown", "Pixel 7");
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var sessions = await jo.Settings("Where I am signed in");
        var password = await jo.Settings("Password");

        await Change("Not-The-Word-1", "Another-Word-2", "The password is wrong.");
        await Change(TestServer.Password, "JoBrown123", "The password is the account's name or address.");
        await Change(TestServer.Password, "Another-Word-2", "The password is changed. Other sign-ins with the old one have ended.");

        await Expect(sessions.GetByRole(AriaRole.Status)).ToHaveTextAsync("Only this browser is signed in with your password.");
        await Expect(forgotten.Page.GetByLabel("Password", new() { Exact = true })).ToBeVisibleAsync();
        await jo.IsConnected();

        async Task Change(string old, string wanted, string answer)
        {
            await password.GetByLabel("Old password").FillAsync(old);
            await password.GetByLabel("New password").FillAsync(wanted);
            await password.GetByRole(AriaRole.Button, new() { Name = "Change the password" }).ClickAsync();
            await Expect(password.GetByRole(AriaRole.Status)).ToHaveTextAsync(answer);
        }
    }
}
