using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>The left side: conversations, requests, contacts.</summary>
[Collection(Chrome.Name)]
public sealed class ListTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    [Fact]
    public async Task Of_two_thousand_contacts_a_hundred_are_in_the_page_and_one_change_touches_one_row()
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        // As a server with room for such a list; nobody has those addresses, and the test does not wait for two thousand refusals.
        await jo.Context.AddInitScriptAsync(
            """
            const real = window.fetch;
            const url = name => `http://im.adatum.com/instmsg/aliases/${name}`;
            const contact = (name, called) => `<r:contact><d:href>${url(name)}</d:href><r:description>${called}</r:description></r:contact>`;
            const others = Array.from({ length: 2000 }, (_, i) => contact(`p${i}`, `Person ${i}`)).join('');
            const list = `<d:multistatus xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/'><d:response><d:propstat><d:prop>`
              + `<p:contacts xmlns:p='urn:rvpserver:private'>${contact('KariHensien', 'Kari Hensien')}${others}</p:contacts>`
              + '</d:prop></d:propstat></d:response></d:multistatus>';
            window.fetch = async (path, options) => options?.method === 'PROPFIND' ? new Response(list, { status: 207 })
              : options?.method === 'SUBSCRIBE' && /aliases\/p\d+$/.test(path) ? new Promise(() => {}) : real(path, options);
            """);
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();

        await Expect(jo.Page.Locator(".people h2", new() { HasText = "Contacts (2001)" })).ToBeVisibleAsync();
        await jo.Sees("Kari Hensien", "Online");
        Assert.Equal(100, await jo.Page.Locator(".entry").CountAsync());
        await jo.Page.EvaluateAsync(
            """
            () => {
              window.touched = new Set();
              const row = node => (node instanceof Element ? node : node.parentElement)?.closest('li');
              new MutationObserver(changes => changes.map(change => row(change.target)).filter(Boolean).forEach(found => touched.add(found)))
                .observe(document.querySelector('.people'), { subtree: true, childList: true, characterData: true, attributes: true });
            }
            """);
        await kari.SetsStatus("Busy");
        await jo.Sees("Kari Hensien", "Busy");
        Assert.Equal(1, await jo.Page.EvaluateAsync<int>("() => touched.size"));

        await jo.Page.Locator(".people").EvaluateAsync("list => { list.scrollTop = list.scrollHeight; }");
        await Expect(jo.Page.Locator(".entry")).ToHaveCountAsync(200);
        await jo.Page.GetByLabel("Search people").FillAsync("1999");
        await Expect(jo.Page.Locator(".entry .name")).ToHaveTextAsync("Person 1999");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task The_latest_conversation_is_on_top_with_its_last_line_and_who_is_typing()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("DonHall@adatum.com");
        await jo.Adds("KariHensien@adatum.com");
        var names = jo.Page.Locator(".entry .name");
        await Expect(names).ToHaveTextAsync(["Kari Hensien", "Don Hall"]);

        await jo.Opens("Don Hall");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Says("Lunch at noon?");

        var entry = jo.Page.Locator("section[aria-label=Conversations] .entry");
        await Expect(entry.Locator(".last")).ToHaveTextAsync("Lunch at noon?");
        await Expect(entry.Locator(".unread")).ToContainTextAsync("1");
        await kari.Box.PressSequentiallyAsync("Or");
        await Expect(entry.Locator(".last")).ToHaveTextAsync("typing…");
        await jo.Opens("Kari Hensien");
        await jo.Says("Yes");
        await Expect(entry.Locator(".last")).ToHaveTextAsync("You: Yes");
        await Expect(names).ToHaveTextAsync(["Kari Hensien", "Don Hall"]);
        await Flawless.IsAsync(jo.Page, "list");
        await jo.Page.SetViewportSizeAsync(320, 600);
        await Flawless.IsByDayAsync(jo.Page, "conversation in a narrow window");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Back to contacts" }).ClickAsync();
        await Flawless.IsByDayAsync(jo.Page, "list in a narrow window");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task A_search_is_opened_with_the_keyboard()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Adds("DonHall@adatum.com");
        var search = jo.Page.GetByLabel("Search people");

        await search.FillAsync("hens");
        await Expect(jo.Page.Locator(".entry .name")).ToHaveTextAsync("Kari Hensien");
        await search.PressAsync("Enter");
        await Expect(jo.Page.Locator(".chat-name h2")).ToHaveTextAsync("Kari Hensien");
        await Expect(jo.Box).ToBeFocusedAsync();
        await Expect(search).ToHaveValueAsync("");
        await search.PressAsync("ArrowDown");
        await jo.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(jo.Page.Locator(".entry").Last).ToBeFocusedAsync();
        await search.FillAsync("nobody");
        await Expect(jo.Page.Locator(".empty")).ToHaveTextAsync("Nobody on your list is called like this.");
        await search.PressAsync("Escape");
        await Expect(jo.Page.Locator(".entry")).ToHaveCountAsync(2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("Pixel 7")]
    public async Task Who_is_not_on_the_list_stands_apart_until_accepted_or_ignored(string? device)
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", device);
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await using var don = server.Person("DonHall");
        var requests = jo.Page.Locator("section[aria-label=Requests] .entry");

        await kari.Says(target, "It is Kari");
        await don.Says(target, "It is Don");
        await Expect(requests).ToHaveCountAsync(2);
        await Expect(requests.Locator(".presence[data-state=unknown]")).ToHaveCountAsync(2);
        await Flawless.IsAsync(jo.Page, "requests");

        await jo.Opens("DonHall@adatum.com");
        await Flawless.IsAsync(jo.Page, "request");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Ignore" }).ClickAsync();
        await Expect(requests).ToHaveCountAsync(1);
        await don.Says(target, "Do you hear me?");
        await jo.Opens("KariHensien@adatum.com");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();

        await Expect(jo.Page.Locator("section[aria-label=Conversations] .entry")).ToContainTextAsync("Kari Hensien");
        await Expect(requests).ToHaveCountAsync(0);
        await Expect(jo.Page).ToHaveTitleAsync("Jo Brown – Instant messaging");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Who_is_blocked_at_the_first_word_is_heard_no_more()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var don = server.Person("DonHall");
        await don.Says(target, "Buy this");
        await jo.Opens("DonHall@adatum.com");

        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Block" }).ClickAsync();

        await Expect(jo.Page.Locator(".entry")).ToHaveCountAsync(0);
        Assert.NotEqual(200, (await don.Says(target, "Buy that")).Status);
    }

    [Fact]
    public async Task While_the_server_is_away_nobody_is_shown_as_there()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Online");

        await server.StopAsync();

        await jo.Sees("Kari Hensien", "Status unknown");
        await Expect(jo.Page.Locator(".presence:not([data-state=unknown])")).ToHaveCountAsync(0);
        await Flawless.IsAsync(jo.Page, "server away");
        await server.StartAgainAsync();
        await jo.Sees("Kari Hensien", "Online");
    }

    [Fact]
    public async Task A_reload_watches_nobody_anew()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Sees("Kari Hensien", "Online");
        var asked = new List<string>();
        jo.Page.Request += (_, request) =>
        {
            lock (asked) asked.Add(request.Method);
        };

        await jo.Page.GotoAsync("about:blank");
        await kari.SetsStatus("Busy");
        await jo.Page.GotoAsync(jo.Url);

        await jo.Sees("Kari Hensien", "Busy");
        await jo.SetsStatus("Away");
        await kari.Adds("JoBrown@adatum.com");
        await kari.Sees("Jo Brown", "Away");
        lock (asked) Assert.DoesNotContain("SUBSCRIBE", asked);
    }

    [Fact]
    public async Task A_status_that_arrow_keys_pass_is_not_published()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await Expect(jo.OwnPresence).ToHaveAttributeAsync("data-state", "online");
        var published = new List<string>();
        jo.Page.Request += (_, request) =>
        {
            if (request.Method == "PROPPATCH") lock (published) published.Add(request.PostData ?? "");
        };

        await jo.Page.Locator("#status").PressAsync("Enter");
        await Expect(jo.Page.Locator(".popup [aria-pressed=true]")).ToBeFocusedAsync();
        for (var i = 0; i < 3; i++) await jo.Page.Keyboard.PressAsync("ArrowDown");
        await jo.Page.Keyboard.PressAsync("Enter");

        await Expect(jo.OwnPresence).ToHaveAttributeAsync("data-state", "away");
        lock (published) Assert.Contains("<r:away/>", Assert.Single(published), StringComparison.Ordinal);
    }
}
