using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class ChatTests(Chrome chrome)
{
    [Fact]
    public async Task Two_people_find_each_other_and_talk()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");

        await jo.Adds("karihensien@adatum.com");
        await jo.Says("Let's have lunch");

        await Expect(kari.Entry("Jo Brown").Locator(".unread")).ToContainTextAsync("1");
        await Expect(kari.Page).ToHaveTitleAsync("(1) Kari Hensien – Instant messaging");
        await kari.Opens("Jo Brown");
        await kari.Hears("Let's have lunch");
        await Expect(kari.Entry("Jo Brown").Locator(".unread")).ToBeHiddenAsync();
        await kari.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();
        await kari.Sees("Jo Brown", "Online");
        await kari.Says("At noon?");
        await jo.Hears("At noon?");
        await jo.HasDeliveredAll();
        Assert.Empty(jo.Mistakes);
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task Every_status_is_seen_by_the_other()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");

        foreach (var (chosen, seen) in new[]
        {
            ("Busy", "Busy"), ("Be Right Back", "Be Right Back"), ("Away", "Away"), ("On The Phone", "On The Phone"), ("Out To Lunch", "Out To Lunch"),
            ("Appear Offline", "Offline"), ("Online", "Online"),
        })
        {
            await kari.SetsStatus(chosen);

            await jo.Sees("Kari Hensien", seen);
        }
    }

    [Fact]
    public async Task Typing_is_noticed_until_the_message_comes()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("Lunch?");
        await kari.Opens("Jo Brown");

        await kari.Box.PressSequentiallyAsync("Yes");
        await Expect(jo.Page.Locator(".typing")).ToHaveTextAsync("Kari Hensien is typing…");
        await kari.Box.PressAsync("Enter");

        await jo.Hears("Yes");
        await Expect(jo.Page.Locator(".typing")).ToHaveTextAsync("");
    }

    [Fact]
    public async Task Somebody_blocked_sees_offline_and_reaches_nobody_until_unblocked()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await kari.Adds("JoBrown@adatum.com");

        await kari.Does("Block");

        await jo.Sees("Kari Hensien", "Offline");
        await kari.Sees("Jo Brown", "Online, blocked");
        await jo.Says("Are you there?");
        await Expect(jo.Page.Locator("[data-status=failed] .status")).ToContainTextAsync("Not delivered. This person is not available at the moment.");

        var access = await kari.Settings("Who may see me");
        await access.GetByLabel("Jo Brown").SelectOptionAsync(new SelectOptionValue { Label = "As everyone else" });
        await kari.Page.Keyboard.PressAsync("Escape");

        await jo.Sees("Kari Hensien", "Online");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Send again" }).ClickAsync();
        await kari.Hears("Are you there?");
        await jo.HasDeliveredAll();
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task Three_people_talk_and_one_leaves()
    {
        await using var server = await TestServer.StartAsync();
        await server.AddAccountAsync("Jo2@adatum.com", "Jo Brown's assistant");
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var third = await WebUser.SignsInAsync(chrome, server, "Jo2");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Adds("Jo2@adatum.com");

        await jo.Chooses("New conversation with several");
        await jo.Page.Locator("dialog").GetByLabel("Kari Hensien").CheckAsync();
        await jo.Page.Locator("dialog").GetByLabel("Jo Brown's assistant").CheckAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await jo.Says("All here?");

        await kari.Opens("JoBrown@adatum.com, Jo2@adatum.com");
        await kari.Hears("All here?");
        await third.Opens("JoBrown@adatum.com, KariHensien@adatum.com");
        await third.Hears("All here?");
        await kari.Says("Kari is");
        await jo.Hears("Kari is");
        await third.Hears("Kari is");
        await third.Does("Leave the conversation…");
        await third.Dialog.GetByRole(AriaRole.Button, new() { Name = "Leave" }).ClickAsync();
        await Expect(jo.Page.Locator(".log .note")).ToHaveTextAsync("Jo Brown's assistant has left the conversation.");
        await Expect(jo.Page.Locator(".chat-name h2")).ToHaveTextAsync("Kari Hensien, Jo Brown's assistant");
        await Expect(jo.Page.Locator(".chat-name button")).ToHaveTextAsync("2 people");
        await jo.HasDeliveredAll();
        Assert.Empty(third.Mistakes);
    }

    [Fact]
    public async Task Who_has_me_on_their_list_is_shown()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");

        var watchers = await kari.Settings("Who has me on their list");

        await Expect(watchers.GetByRole(AriaRole.Status)).ToHaveTextAsync("1 person has you on their list:");
        await Expect(watchers.Locator("li")).ToContainTextAsync("JoBrown@adatum.com");
    }

    [Fact]
    public async Task An_address_that_nobody_has_is_said_to_be_so()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Page.Locator(".roster-foot button").ClickAsync();

        await jo.Page.GetByLabel("Address").FillAsync("Nobody@adatum.com");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();

        await Expect(jo.Page.Locator("dialog .error")).ToHaveTextAsync("Nobody has this address.");
    }

    [Fact]
    public async Task People_of_two_organisations_talk_each_by_way_of_their_own_server()
    {
        await using var server = await TestServer.StartForTwoOrganisationsAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien", host: "im.contoso.com", mailDomain: "contoso.com");

        await jo.Adds("KariHensien@contoso.com");
        await jo.Sees("Kari Hensien", "Online");
        await kari.SetsStatus("Busy");
        await jo.Sees("Kari Hensien", "Busy");
        await jo.Says("Greetings from A. Datum");

        await kari.Opens("Jo Brown");
        await kari.Hears("Greetings from A. Datum");
        await kari.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();
        await kari.Sees("Jo Brown", "Online");
        await kari.Says("And from Contoso");
        await jo.Hears("And from Contoso");
        await jo.HasDeliveredAll();
        Assert.Empty(jo.Mistakes);
        Assert.Empty(kari.Mistakes);
    }
}
