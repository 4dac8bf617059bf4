using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>A conversation: its place in the browser's history, what is being written, and reading back.</summary>
[Collection(Chrome.Name)]
public sealed partial class ReadingTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    [Fact]
    public async Task Back_forward_and_reload_find_the_conversation()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        var title = jo.Page.Locator(".chat-name h2");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Adds("DonHall@adatum.com");

        await jo.Page.GoBackAsync();
        await Expect(title).ToHaveTextAsync("Kari Hensien");
        await jo.Page.GoBackAsync();
        await Expect(jo.Page.Locator(".welcome")).ToBeVisibleAsync();
        await jo.Page.GoForwardAsync();
        await Expect(title).ToHaveTextAsync("Kari Hensien");
        var bookmark = jo.Page.Url;
        await jo.Page.ReloadAsync();
        await Expect(title).ToHaveTextAsync("Kari Hensien");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(jo.Page.Locator(".welcome")).ToBeVisibleAsync();
        Assert.Equal(jo.Url, jo.Page.Url);

        await using var elsewhere = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await elsewhere.Page.GotoAsync(bookmark);
        await Expect(elsewhere.Page.Locator(".chat-name h2")).ToHaveTextAsync("Kari Hensien");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task On_a_telephone_Back_leads_to_the_list()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", "Pixel 7");
        await jo.Adds("KariHensien@adatum.com");
        await Expect(jo.Box).ToBeVisibleAsync();

        await jo.Page.GoBackAsync();
        await Expect(jo.Entry("Kari Hensien")).ToBeFocusedAsync();
        await jo.Opens("Kari Hensien");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Back to contacts" }).ClickAsync();
        await Expect(jo.Entry("Kari Hensien")).ToBeVisibleAsync();
        await jo.Opens("Kari Hensien");
        await jo.Page.ReloadAsync();
        await Expect(jo.Box).ToBeVisibleAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Back to contacts" }).ClickAsync();

        await Expect(jo.Entry("Kari Hensien")).ToBeVisibleAsync();
        Assert.Equal(jo.Url, jo.Page.Url);
    }

    [Fact]
    public async Task Closing_a_conversation_keeps_it_and_deleting_it_asks_first()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("Keep this");
        await jo.HasDeliveredAll();

        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(jo.Page.Locator(".welcome")).ToBeVisibleAsync();
        await jo.Opens("Kari Hensien");
        await jo.Hears("Keep this");
        await jo.Does("Delete the conversation…");
        await Flawless.IsAsync(jo.Page, "question");
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await jo.Hears("Keep this");
        await jo.Does("Delete the conversation…");
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();

        await Expect(jo.Page.Locator(".welcome")).ToBeVisibleAsync();
        await jo.Opens("Kari Hensien");
        await Expect(jo.Texts).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_was_being_written_outlives_the_page_and_the_session()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Box.FillAsync("Dear Kari");
        await jo.Adds("DonHall@adatum.com");
        await Expect(jo.Box).ToHaveValueAsync("");
        await jo.Box.FillAsync("Dear Don");

        await jo.Page.ReloadAsync();
        await Expect(jo.Box).ToHaveValueAsync("Dear Don");
        await jo.Context.ClearCookiesAsync();
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();
        await jo.IsConnected();
        await Expect(jo.Box).ToHaveValueAsync("Dear Don");
        await jo.Opens("Kari Hensien");

        await Expect(jo.Box).ToHaveValueAsync("Dear Kari");
    }

    [Fact]
    public async Task The_Enter_that_ends_a_word_of_an_input_method_sends_nothing()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Box.FillAsync("にほ");

        foreach (var how in new[] { "{ keyCode: 229 }", "{ isComposing: true }" })
        {
            await jo.Box.EvaluateAsync(
                $"box => box.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, cancelable: true, ...{how} }}))");
        }
        await Expect(jo.Box).ToHaveValueAsync("にほ");
        await Expect(jo.Texts).ToHaveCountAsync(0);
        await jo.Box.PressAsync("Enter");

        await jo.Hears("にほ");
    }

    [Fact]
    public async Task Who_reads_back_is_not_moved_and_is_told_what_came_below()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        for (var i = 0; i < 300; i++) await kari.Says(target, $"Line {i}");
        await jo.Hears("Line 299");
        var log = jo.Page.Locator(".log");
        var below = jo.Page.Locator(".below");
        await Expect(below).ToBeHiddenAsync();

        await log.EvaluateAsync("log => { log.scrollTop = 2000; }");
        var top = await TopAsync("Line 100");
        for (var i = 300; i < 303; i++) await kari.Says(target, $"Line {i}");

        await Expect(below).ToHaveTextAsync("3 new messages ↓");
        // The conversation keeps 300, so three lines are gone at its beginning.
        await Expect(jo.Texts.First).ToHaveTextAsync("Line 3");
        Assert.Equal(top, await TopAsync("Line 100"), 1.5);
        await Flawless.IsAsync(jo.Page, "reading back");
        await below.ClickAsync();
        await Expect(jo.Texts.Last).ToBeInViewportAsync();
        await Expect(below).ToBeHiddenAsync();
        Assert.Empty(jo.Mistakes);

        async Task<double> TopAsync(string text) =>
            await jo.Page.GetByText(text, new() { Exact = true }).EvaluateAsync<double>("line => line.getBoundingClientRect().top");
    }

    [Fact]
    public async Task One_more_message_leaves_the_rows_of_all_others_alone()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        for (var i = 0; i < 100; i++) await kari.Says(target, $"Line {i}");
        await jo.Hears("Line 99");

        await jo.Page.EvaluateAsync(
            """
            () => {
              window.changed = new Set();
              const log = document.querySelector('.log');
              new MutationObserver(changes => changes.forEach(({ target }) => changed.add(target.closest?.('.log > *') ?? target.parentElement)))
                .observe(log, { subtree: true, childList: true, attributes: true, characterData: true });
            }
            """);
        await kari.Says(target, "Line 100");
        await jo.Hears("Line 100");

        // The log, which has one row more.
        Assert.InRange(await jo.Page.EvaluateAsync<int>("() => changed.size"), 1, 3);
    }

    [Fact]
    public async Task A_message_has_the_time_at_which_it_was_sent_and_its_own_day()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");

        await kari.Says(target, "Long ago", "text/plain; charset=UTF-8\r\nDate: Tue, 24 Nov 2020 12:23:35 GMT");
        await kari.Says(target, "Just now");
        await kari.Says(target, "And again");
        await jo.Opens("KariHensien");

        await Expect(jo.Page.Locator(".log .day")).ToHaveTextAsync([DayOf2020(), Today()]);
        Assert.Equal("2020-11-24T12:23:35.000Z", await jo.Page.Locator(".log time").First.GetAttributeAsync("datetime"));
        // What one sender says in a row has one head.
        await Expect(jo.Page.Locator(".log .who >> visible=true")).ToHaveCountAsync(2);
        await Flawless.IsAsync(jo.Page, "days");
    }

    [Fact]
    public async Task A_message_that_waits_says_so_until_the_other_is_there()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Offline");
        // As a server answers that keeps messages for people who are not there.
        await jo.Page.RouteAsync("**/instmsg/**", route => route.Request.Method == "NOTIFY"
            ? route.FulfillAsync(new() { Status = 200, Headers = new Dictionary<string, string> { ["RVP-Delivered"] = "later" } })
            : route.ContinueAsync());

        await jo.Says("See you");

        await Expect(jo.Page.Locator(".mine .status")).ToHaveTextAsync("Waits until Kari Hensien is there");
        await Flawless.IsAsync(jo.Page, "waiting");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.HasDeliveredAll();
        await Expect(jo.Page.Locator(".mine .status")).ToHaveTextAsync("");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Pixel 7")]
    public async Task A_message_in_another_conversation_is_seen_and_heard(string? device)
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown", device);
        await jo.Context.AddInitScriptAsync(
            """
            window.played = 0;
            const start = OscillatorNode.prototype.start;
            OscillatorNode.prototype.start = function (...when) { played++; start.apply(this, when); };
            """);
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();
        await jo.IsConnected();
        await using var target = server.Person("JoBrown");
        await using var don = server.Person("DonHall");
        await jo.Adds("KariHensien@adatum.com");
        var toast = jo.Page.Locator(".toast");

        await don.Says(target, "Are you there?");

        await Expect(toast).ToContainTextAsync("DonHall@adatum.com");
        await Expect(toast).ToContainTextAsync("Are you there?");
        await Expect(jo.Page.Locator("link[rel=icon][href^='data:image/png']")).ToHaveCountAsync(1);
        await jo.Page.WaitForFunctionAsync("() => played === 2");
        await Flawless.IsAsync(jo.Page, "toast");
        await toast.Locator(".open").ClickAsync();
        await jo.Hears("Are you there?");
        await Expect(toast).ToHaveCountAsync(0);
        await Expect(jo.Page.Locator("link[rel=icon][href^='data:']")).ToHaveCountAsync(0);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Who_wants_no_sound_hears_none()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var don = server.Person("DonHall");
        await (await jo.Settings("Notifications")).GetByLabel("A soft sound").UncheckAsync();
        await jo.Page.Keyboard.PressAsync("Escape");
        await jo.Page.EvaluateAsync("() => { window.AudioContext = class { constructor() { throw new Error('a sound'); } }; }");
        await jo.Adds("KariHensien@adatum.com");

        await don.Says(target, "Are you there?");

        await Expect(jo.Page.Locator(".toast")).ToHaveCountAsync(1);
        await Expect(jo.Page.Locator(".toast")).ToHaveCountAsync(0);
        Assert.Empty(jo.Mistakes);
    }

    // With a comma or without, by the browser's version.
    [GeneratedRegex("^Tuesday,? 24 November 2020$")]
    private static partial Regex DayOf2020();

    [GeneratedRegex("^Today$")]
    private static partial Regex Today();
}
