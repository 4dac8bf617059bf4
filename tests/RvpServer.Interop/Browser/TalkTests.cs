using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>What happens inside a conversation: order, marks, replies, corrections, emoji, groups, search.</summary>
[Collection(Chrome.Name)]
public sealed class TalkTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    [Fact]
    public async Task Three_quick_messages_arrive_in_order_over_an_uneven_connection()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        // The first waits until the others could have passed it.
        List<IRoute> held = [];
        await jo.Page.RouteAsync("**/instmsg/**", async route =>
        {
            if (route.Request.Method == "NOTIFY" && route.Request.PostData!.Contains("one", StringComparison.Ordinal)) held.Add(route);
            else await route.ContinueAsync();
        });

        foreach (var text in new[] { "one", "two", "three" }) await jo.Says(text);
        await Expect(jo.Page.Locator(".mine[data-status=sending]")).ToHaveCountAsync(3);
        await Assert.Single(held).ContinueAsync();

        await jo.HasDeliveredAll();
        await kari.Opens("Jo Brown");
        await Expect(kari.Texts).ToHaveTextAsync(["one", "two", "three"]);
    }

    [Fact]
    public async Task What_is_written_without_a_connection_goes_when_it_is_back_also_after_a_reload_and_once()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        // What is said arrives, and no answer comes back.
        await jo.Context.AddInitScriptAsync(
            """
            const real = window.fetch;
            window.fetch = async (path, options) => {
              const isAway = sessionStorage.getItem('away') && String(path).includes('/instmsg/');
              const answer = isAway && options.method !== 'NOTIFY' ? null : await real(path, options);
              if (isAway) throw new TypeError('Failed to fetch');
              return answer;
            };
            """);
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();
        await jo.IsConnected();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("before");
        await jo.HasDeliveredAll();

        await jo.Page.EvaluateAsync("sessionStorage.setItem('away', 'yes')");
        await jo.Says("one");
        await jo.Says("two");
        await Expect(jo.Page.Locator(".mine[data-status=queued] .status").Last).ToHaveTextAsync("Waits for the connection");
        await Flawless.IsAsync(jo.Page, "queued");
        await jo.Page.ReloadAsync();
        await Expect(jo.Page.Locator(".mine[data-status=queued]")).ToHaveCountAsync(2);
        await jo.Page.EvaluateAsync("sessionStorage.removeItem('away')");

        await jo.HasDeliveredAll();
        await kari.Opens("Jo Brown");
        await Expect(kari.Texts).ToHaveTextAsync(["before", "one", "two"]);
    }

    [Fact]
    public async Task Texts_are_set_apart_for_both_and_stay_texts()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");

        await jo.Says("**Lunch** at _noon_, `not later`: https://en.wikipedia.org/wiki/Lunch_(meal)\n- soup\n- bread\n> I am hungry\n"
            + "```sh\nls <b>*</b>\n```\n<img src=x onerror=alert(1)>");
        await kari.Opens("Jo Brown");

        foreach (var person in new[] { jo, kari })
        {
            var text = person.Texts.Last;
            await Expect(text.Locator("strong")).ToHaveTextAsync("Lunch");
            await Expect(text.Locator("em")).ToHaveTextAsync("noon");
            await Expect(text.Locator("code").First).ToHaveTextAsync("not later");
            await Expect(text.Locator("a")).ToHaveAttributeAsync("href", "https://en.wikipedia.org/wiki/Lunch_(meal)");
            await Expect(text.Locator("li")).ToHaveTextAsync(["soup", "bread"]);
            await Expect(text.Locator("blockquote")).ToHaveTextAsync("I am hungry");
            await Expect(text.Locator("pre")).ToHaveTextAsync("ls <b>*</b>");
            await Expect(text.Locator("img, b")).ToHaveCountAsync(0);
            await Expect(text).ToContainTextAsync("<img src=x onerror=alert(1)>");
            Assert.Empty(person.Mistakes);
        }
        await Flawless.IsAsync(kari.Page, "marks");
    }

    [Fact]
    public async Task A_reply_shows_to_what_and_a_correction_replaces()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Says("Lunch at noon?");
        await kari.Opens("Jo Brown");
        await kari.Hears("Lunch at noon?");

        // With the keyboard alone.
        await kari.Page.Locator(".log").FocusAsync();
        await kari.Page.Keyboard.PressAsync("ArrowUp");
        await kari.Page.Keyboard.PressAsync("Tab");
        await kari.Page.Keyboard.PressAsync("Enter");
        await Expect(kari.Page.Locator(".about-message")).ToContainTextAsync("Lunch at noon?");
        await Expect(kari.Box).ToBeFocusedAsync();
        await kari.Says("Yess");
        await jo.Hears("Yess");
        await Expect(jo.Page.Locator(".theirs .card")).ToHaveTextAsync("YouLunch at noon?");
        await kari.HasDeliveredAll();
        await kari.Box.PressAsync("ArrowUp");
        await Expect(kari.Box).ToHaveValueAsync("Yess");
        await Flawless.IsAsync(kari.Page, "correcting");
        await kari.Says("Yes");

        await jo.Hears("Yes");
        await Expect(jo.Texts).ToHaveCountAsync(2);
        await Expect(jo.Page.Locator(".theirs .edited")).ToBeVisibleAsync();
        await Expect(kari.Texts.Last).ToHaveTextAsync("Yes");
        await Flawless.IsAsync(jo.Page, "reply");
        await jo.Page.Locator(".card button").ClickAsync();
        await Expect(jo.Page.Locator(".mine")).ToBeFocusedAsync();
        Assert.Empty(jo.Mistakes);
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task Enter_makes_a_line_where_it_should_and_Control_Enter_sends()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown", "Pixel 7");
        await jo.Adds("KariHensien@adatum.com");

        await jo.Box.PressSequentiallyAsync("one");
        await jo.Box.PressAsync("Enter");
        await jo.Box.PressSequentiallyAsync("two");
        await Expect(jo.Box).ToHaveValueAsync("one\ntwo");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Send", Exact = true }).ClickAsync();
        await Expect(jo.Texts).ToHaveTextAsync(["one\ntwo"]);
        await jo.Box.PressSequentiallyAsync("three");
        await jo.Box.PressAsync("Control+Enter");

        await Expect(jo.Texts.Last).ToHaveTextAsync("three");
        await jo.Box.FillAsync(string.Join(' ', Enumerable.Repeat("wrapped", 60)));
        var height = (await jo.Box.BoundingBoxAsync())!.Height;
        await jo.Box.FillAsync("");
        Assert.True(height > 1.8 * (await jo.Box.BoundingBoxAsync())!.Height, "The box has not grown.");
    }

    [Fact]
    public async Task A_picture_is_refused_in_words_and_leaves_the_page_where_it_is()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        var error = jo.Page.Locator(".chat > .error");

        var wasPrevented = await jo.Page.EvaluateAsync<bool[]>(
            """
            () => ['dragover', 'drop'].map(type => {
              const dataTransfer = new DataTransfer();
              dataTransfer.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
              return !document.querySelector('.log').dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
            })
            """);
        Assert.Equal([true, true], wasPrevented);
        await Expect(error).ToHaveTextAsync("Pictures and files cannot be sent yet.");
        await jo.Box.PressSequentiallyAsync("x");
        await Expect(error).ToHaveTextAsync("");
        await jo.Box.EvaluateAsync(
            """
            box => {
              const clipboardData = new DataTransfer();
              clipboardData.items.add(new File(['x'], 'x.png', { type: 'image/png' }));
              box.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
            }
            """);

        await Expect(error).ToHaveTextAsync("Pictures and files cannot be sent yet.");
    }

    [Fact]
    public async Task Emoji_are_found_by_name_and_by_looking()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        var options = jo.Page.Locator(".found-emoji [role=option]");

        await jo.Box.PressSequentiallyAsync("Hello :tad");
        await Expect(options.First).ToContainTextAsync(":tada:");
        await Flawless.IsAsync(jo.Page, "emoji by name");
        await jo.Box.PressAsync("Enter");
        await Expect(jo.Box).ToHaveValueAsync("Hello 🎉 ");
        await Expect(options).ToHaveCountAsync(0);
        await jo.Box.PressSequentiallyAsync(":+1:");
        await jo.Box.PressAsync("Enter");
        await Expect(jo.Texts.Last).ToHaveTextAsync("Hello 🎉 👍");

        var button = jo.Page.GetByRole(AriaRole.Button, new() { Name = "Emoji" });
        await button.ClickAsync();
        await Expect(jo.Dialog.GetByLabel("Search by name")).ToBeFocusedAsync();
        await Flawless.IsAsync(jo.Page, "emoji");
        await jo.Page.Keyboard.TypeAsync("coffee");
        await jo.Page.Keyboard.PressAsync("Enter");
        await Expect(jo.Box).ToHaveValueAsync("☕");
        await button.ClickAsync();
        // What was used last is first, and the arrow keys lead from one to the next.
        await Expect(jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "coffee" }).First).ToBeVisibleAsync();
        await jo.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "coffee" }).First).ToBeFocusedAsync();
        await jo.Page.Keyboard.PressAsync("ArrowDown");
        await Expect(jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "grinning", Exact = true })).ToBeFocusedAsync();
        await jo.Page.Keyboard.PressAsync("Enter");

        await Expect(jo.Box).ToHaveValueAsync("☕😀");
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task A_group_goes_on_with_one_more_and_has_a_name()
    {
        await using var server = await TestServer.StartAsync(accounts: [.. People, new("Reception@adatum.com", "Reception")]);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var don = await WebUser.SignsInAsync(chrome, server, "DonHall");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Adds("Reception@adatum.com");
        await jo.Adds("DonHall@adatum.com");
        await jo.Chooses("New conversation with several");
        await jo.Dialog.GetByLabel("Kari Hensien").CheckAsync();
        await jo.Dialog.GetByLabel("Reception").CheckAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Begin" }).ClickAsync();
        await jo.Says("The code is 7");
        await kari.Opens("JoBrown@adatum.com");
        await kari.Hears("The code is 7");

        await jo.Does("People and name…");
        await jo.Dialog.GetByLabel("Name of the conversation").FillAsync("Lunch");
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(kari.Page.Locator(".chat-name h2")).ToHaveTextAsync("Lunch");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "3 people", Exact = true }).ClickAsync();
        await Flawless.IsAsync(jo.Page, "people");
        await jo.Dialog.GetByLabel("Don Hall").CheckAsync();
        await jo.Dialog.GetByLabel("With what was said so far").CheckAsync();
        await jo.Dialog.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();

        await don.Opens("Lunch");
        await Expect(don.Page.Locator(".log .note").First).ToHaveTextAsync("JoBrown@adatum.com added you to the conversation.");
        await Expect(don.Texts).ToContainTextAsync(["The code is 7"]);
        await Expect(kari.Page.Locator(".log .note")).ToHaveTextAsync([
            "JoBrown@adatum.com called the conversation \"Lunch\".", "JoBrown@adatum.com added DonHall@adatum.com to the conversation.",
            "JoBrown@adatum.com told somebody who came later what was said before.",
        ]);
        await Expect(jo.Page.Locator(".entry", new() { HasText = "Lunch" })).ToHaveCountAsync(1);
        await don.Says("Thank you");
        await kari.Hears("Thank you");
        await jo.Hears("Thank you");
        await Flawless.IsAsync(jo.Page, "group");
        foreach (var person in new[] { jo, kari, don }) Assert.Empty(person.Mistakes);
    }

    [Fact]
    public async Task Words_are_found_in_a_conversation_and_it_is_copied_as_text()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        foreach (var text in new[] { "first apple", "a pear", "second Äpple" }) await jo.Says(text);
        await Expect(jo.Texts).ToHaveCountAsync(3);

        await jo.Page.Locator(".log").FocusAsync();
        await jo.Page.Keyboard.PressAsync("/");
        await Expect(jo.Page.GetByRole(AriaRole.Searchbox, new() { Name = "Search in this conversation" })).ToBeFocusedAsync();
        await jo.Page.Keyboard.TypeAsync("apple");
        var count = jo.Page.Locator(".finder [role=status]");
        await Expect(count).ToHaveTextAsync("1 of 2");
        await Expect(jo.Page.Locator(".found .text")).ToHaveTextAsync("second Äpple");
        await jo.Page.Keyboard.PressAsync("Enter");
        await Expect(jo.Page.Locator(".found .text")).ToHaveTextAsync("first apple");
        await Flawless.IsAsync(jo.Page, "finder");
        await jo.Page.Keyboard.PressAsync("Escape");
        await Expect(jo.Page.Locator(".found, .finder")).ToHaveCountAsync(0);
        await jo.Page.EvaluateAsync("addEventListener('copy', event => { window.copied = event.clipboardData.getData('text/plain'); })");
        await jo.Does("Copy the conversation");

        await jo.Page.WaitForFunctionAsync(
            "() => /^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d Jo Brown: first apple\\n.*a pear\\n.*second Äpple$/.test(window.copied)");
    }

    [Fact]
    public async Task A_muted_conversation_makes_no_noise_and_new_messages_begin_at_a_mark()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await kari.Says(target, "read");
        await jo.Opens("KariHensien");
        await jo.Hears("read");
        await jo.Does("Mute");
        await jo.Adds("DonHall@adatum.com");

        for (var i = 0; i < 40; i++) await kari.Says(target, $"Line {i}");
        await Expect(jo.Entry("KariHensien").Locator(".unread")).ToContainTextAsync("40");
        await Expect(jo.Page.Locator(".toast")).ToHaveCountAsync(0);
        await Expect(jo.Page).ToHaveTitleAsync("Jo Brown – Instant messaging");
        await jo.Opens("KariHensien");

        await Expect(jo.Page.Locator(".log .news")).ToBeInViewportAsync();
        await Expect(jo.Page.GetByText("Line 0", new() { Exact = true })).ToBeInViewportAsync();
        await Flawless.IsAsync(jo.Page, "news");
        Assert.Empty(jo.Mistakes);
    }
}
