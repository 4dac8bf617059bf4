using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>A server that keeps what is said: it is there on every device, back to its beginning.</summary>
[Collection(Chrome.Name)]
public sealed class KeptConversationTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    private static readonly Dictionary<string, string?> Kept = new() { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" };

    [Fact]
    public async Task Another_browser_reads_back_to_the_beginning_and_searches_there()
    {
        await using var server = await TestServer.StartAsync(Kept, accounts: People);
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        for (var i = 0; i < 250; i++) await kari.Says(target, i == 7 ? "The needle" : $"Line {i}");

        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await Expect(jo.Page.Locator(".welcome")).ToContainTextAsync("The server keeps what is said for 365 days");
        await jo.Opens("KariHensien");
        await jo.Hears("Line 249");
        for (var i = 0; i < 10 && await jo.Texts.First.TextContentAsync() != "Line 0"; i++)
        {
            var before = await jo.Texts.CountAsync();
            await jo.Page.Locator(".log").EvaluateAsync("log => { log.scrollTop = 0; }");
            await Expect(jo.Texts).Not.ToHaveCountAsync(before);
        }
        await Expect(jo.Texts).ToHaveCountAsync(250);
        await Expect(jo.Texts.First).ToHaveTextAsync("Line 0");

        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await elsewhere.Opens("KariHensien");
        await elsewhere.Hears("Line 249");
        await elsewhere.Does("Search in this conversation");
        await Expect(elsewhere.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search in this conversation" })).ToBeFocusedAsync();
        await elsewhere.Page.Keyboard.TypeAsync("needle");
        await Expect(elsewhere.Page.Locator(".finder [role=status]")).ToHaveTextAsync("Not found");
        await elsewhere.Page.Keyboard.PressAsync("Enter");
        await Expect(elsewhere.Page.Locator(".found .text")).ToHaveTextAsync("The needle");
        await Expect(elsewhere.Page.Locator(".found .text")).ToBeInViewportAsync();
        Assert.Empty(jo.Mistakes);
        Assert.Empty(elsewhere.Mistakes);
    }

    [Fact]
    public async Task A_correction_is_no_news_and_stands_in_the_page_where_it_belongs()
    {
        const string plain = "text/plain; charset=UTF-8\r\n";
        await using var server = await TestServer.StartAsync(Kept, accounts: People);
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await kari.Says(target, "Helo", plain + "Message-Id: <1@adatum.com>");
        for (var i = 0; i < 120; i++) await kari.Says(target, $"Line {i}");
        await kari.Says(target, "* Hello", plain + "Message-Id: <2@adatum.com>\r\nX-Rvp-Replaces: <1@adatum.com>");

        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var unread = jo.Entry("KariHensien").Locator(".unread");
        await Expect(unread).ToHaveTextAsync("121121 unread");
        await Expect(jo.Entry("KariHensien").Locator(".last")).ToHaveTextAsync("Line 119");
        await jo.Opens("KariHensien");
        await jo.Hears("Line 119");
        await kari.Says(target, "* Hello, Jo", plain + "Message-Id: <3@adatum.com>\r\nX-Rvp-Replaces: <1@adatum.com>");
        for (var i = 0; i < 10 && await jo.Texts.CountAsync() < 121; i++)
        {
            var before = await jo.Texts.CountAsync();
            await jo.Page.Locator(".log").EvaluateAsync("log => { log.scrollTop = 0; }");
            await Expect(jo.Texts).Not.ToHaveCountAsync(before);
        }

        await Expect(jo.Texts).ToHaveCountAsync(121);
        await Expect(jo.Texts.First).ToHaveTextAsync("Hello, Jo");
        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await Expect(elsewhere.Entry("KariHensien").Locator(".last")).ToHaveTextAsync("Line 119");
        await Expect(elsewhere.Page.Locator(".unread >> visible=true")).ToHaveCountAsync(0);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task What_one_says_and_reads_and_deletes_at_one_device_is_so_at_the_other()
    {
        await using var server = await TestServer.StartAsync(Kept, accounts: People);
        await using var desk = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var phone = await WebUser.SignsInAsync(chrome, server, "JoBrown", "Pixel 7");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await desk.Adds("KariHensien@adatum.com");
        await desk.Says("From the desk");
        await phone.Opens("KariHensien");
        await phone.Hears("From the desk");
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "Back to contacts" }).ClickAsync();
        await desk.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await kari.Opens("JoBrown");
        await kari.Says("Here I am");
        await Expect(phone.Page.Locator(".unread")).ToContainTextAsync("1");
        await desk.Opens("Kari Hensien");
        await Expect(phone.Page.Locator(".unread >> visible=true")).ToHaveCountAsync(0);
        await phone.Opens("KariHensien");
        await Expect(phone.Texts).ToHaveTextAsync(["From the desk", "Here I am"]);

        await desk.Does("Delete the conversation…");
        await Expect(desk.Dialog).ToContainTextAsync("Its messages are deleted on all your devices.");
        await desk.Dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await using var third = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await third.Opens("Kari Hensien");
        await Expect(third.Texts).ToHaveCountAsync(0);
        foreach (var person in new[] { desk, phone, kari, third }) Assert.Empty(person.Mistakes);
    }
}
