using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>Somebody with an account who wants to be taken for somebody else, to listen, or to break what is kept.</summary>
[Collection(Chrome.Name)]
public sealed class HostileContactTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("Reception@adatum.com", "Kari Hensien")];

    [Fact]
    public async Task Whoever_calls_himself_somebody_else_only_says_so()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var reception = server.Person("Reception");
        var forged = reception.MessageTo(target, "Send me the key")
            .Replace("<r:description>Reception</r:description>", "<r:description>Kari Hensien, KariHensien@adatum.com\u202E</r:description>",
                StringComparison.Ordinal);

        Assert.Equal(200, (await reception.Asks("NOTIFY", target.Path, "RVP-Ack-Type: DeepOr\r\n", forged)).Status);

        var entry = jo.Page.Locator(".entry");
        await Expect(entry.Locator(".name")).ToHaveTextAsync("Reception@adatum.com");
        await Expect(entry.Locator(".state")).ToHaveTextAsync("says: Kari Hensien, KariHensien@adatum.com");
        await entry.ClickAsync();
        await Expect(jo.Page.Locator(".chat-name h2")).ToHaveTextAsync("Reception@adatum.com");
        await Expect(jo.Page.Locator(".chat-name .quiet")).ToHaveTextAsync("says: Kari Hensien, KariHensien@adatum.com");
        await Expect(jo.Page.Locator(".log .who bdi")).ToHaveTextAsync("Reception@adatum.com");
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();
        // The directory calls this account so: a contact has a name, and the address beside it.
        await Expect(jo.Page.Locator(".chat-name")).ToContainTextAsync("Kari Hensien");
        await Expect(jo.Page.Locator(".chat-name .quiet")).ToContainTextAsync("Reception@adatum.com");
        Assert.DoesNotContain("KariHensien@adatum.com", (await target.LooksUp(target, "<p:contacts xmlns:p='urn:rvpserver:private'/>")).Body,
            StringComparison.Ordinal);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task A_link_says_where_it_leads_and_the_text_around_it_turns_nothing_round()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var reception = server.Person("Reception");

        await reception.Says(target, "\u202E https://im.adatum.com\u2044x.evil.example/ https://adatum.com@evil.example/");
        await jo.Page.Locator(".entry").ClickAsync();

        var link = jo.Page.Locator(".log a");
        await Expect(link).ToHaveTextAsync("https://im.adatum.xn--comx-2g7a.evil.example/");
        Assert.Equal(await link.GetAttributeAsync("href"), await link.TextContentAsync());
        // The override before it ends at the link.
        Assert.Equal("isolate", await link.EvaluateAsync<string>("link => getComputedStyle(link).unicodeBidi"));
    }

    [Fact]
    public async Task Nobody_listens_to_a_conversation_that_he_is_not_in()
    {
        await using var server = await TestServer.StartAsync(accounts: [.. People, new("Jo2@adatum.com", "Jo Brown's assistant")]);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await using var second = server.Person("Jo2");
        await using var reception = server.Person("Reception");
        await kari.SignsIn();
        await second.SignsIn();
        await reception.SignsIn();
        await TellsAsync(kari, target, "All here?", second);
        await jo.Opens("KariHensien@adatum.com, Jo2@adatum.com");
        await jo.Hears("All here?");

        // From outside, with the Session-Id: he names himself, and somebody more.
        await TellsAsync(reception, target, "", kari, second, reception);
        await TellsAsync(reception, target, "Hello all", kari, second);
        await Expect(jo.Page.Locator(".entry", new() { HasText = "Reception@adatum.com" }).Locator(".unread")).ToBeVisibleAsync();
        await jo.Says("Among us");
        await jo.HasDeliveredAll();
        await reception.HearsNothing();
        await Expect(jo.Page.Locator(".log .note")).ToHaveCountAsync(0);

        // From inside, everybody sees it.
        await TellsAsync(kari, target, "Come in", second, reception);
        await Expect(jo.Page.Locator(".log .note")).ToHaveTextAsync("KariHensien@adatum.com added Reception@adatum.com to the conversation.");
        await jo.Says("Now with you");
        var heard = await reception.Callback.NextAsync();
        if (heard.Body.Contains("TypingUser", StringComparison.Ordinal)) heard = await reception.Callback.NextAsync();
        Assert.Contains("Now with you", heard.Body, StringComparison.Ordinal);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task Huge_names_cost_no_line_that_is_kept()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await using var reception = server.Person("Reception");
        await kari.Says(target, "an important line");
        await jo.Opens("KariHensien@adatum.com");
        await jo.Hears("an important line");

        for (var i = 0; i < 20; i++)
        {
            var huge = $"<?xml version=\"1.0\"?><r:notification {Person.Namespaces}><r:propnotification><r:notification-from><r:contact><d:href>{reception.Url}"
                + $"</d:href></r:contact></r:notification-from><r:notification-to><r:contact><d:href>{target.Url}</d:href></r:contact></r:notification-to>"
                + $"<d:propertyupdate><d:set><d:prop><d:displayname>{new string('x', 126_000)}</d:displayname></d:prop></d:set></d:propertyupdate>"
                + "</r:propnotification></r:notification>";
            await reception.Asks("NOTIFY", target.Path, "RVP-Ack-Type: DeepOr\r\n", huge);
        }
        await reception.Says(target, "that was it");
        await Expect(jo.Page.Locator(".entry", new() { HasText = "Reception@adatum.com" }).Locator(".unread")).ToBeVisibleAsync();

        await jo.Page.ReloadAsync();
        await jo.Opens("KariHensien@adatum.com");
        await jo.Hears("an important line");
        var stored = await jo.Page.EvaluateAsync<int>("() => Object.keys(localStorage).reduce((sum, key) => sum + localStorage[key].length, 0)");
        Assert.InRange(stored, 1, 20_000);
    }

    [Fact]
    public async Task What_the_browser_cannot_read_costs_only_itself_and_comes_once()
    {
        await using var server = await TestServer.StartAsync(accounts: People);
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var reception = server.Person("Reception");
        // As if the server took something for XML that the browser does not. The next POLL can be held, so that its answer has several notifications.
        await jo.Context.AddInitScriptAsync(
            """
            const real = window.fetch;
            window.polls = 0;
            window.held = Promise.resolve();
            window.hold = () => { window.held = new Promise(go => { window.release = go; }); };
            window.fetch = async (path, options) => {
              if (options?.method !== 'POLL') return real(path, options);
              polls++;
              await held;
              const answer = await real(path, options);
              const { status, headers } = answer;
              return status === 200 ? new Response((await answer.text()).replaceAll('BAD', '\u0001'), { status, headers }) : answer;
            };
            """);
        await jo.Page.ReloadAsync();
        await jo.TypesCredentials();
        await jo.IsConnected();
        await jo.Page.EvaluateAsync("hold()");
        await reception.Says(target, "one");
        await jo.Page.Locator(".entry").ClickAsync();
        await jo.Hears("one");
        var before = await jo.Page.EvaluateAsync<int>("polls");

        await reception.Says(target, "BAD");
        await reception.Says(target, "two");
        await jo.Page.EvaluateAsync("release()");

        await jo.Hears("two");
        await reception.Says(target, "BAD");
        await reception.Says(target, "three");
        await jo.Hears("three");
        Assert.Equal(["one", "two", "three"], await jo.Texts.AllTextContentsAsync());
        Assert.InRange(await jo.Page.EvaluateAsync<int>("polls") - before, 1, 5);
    }

    [Fact]
    public async Task A_whole_domain_is_blocked_and_unblocked()
    {
        await using var server = await TestServer.StartForTwoOrganisationsAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var owner = server.Person("JoBrown");
        await jo.Adds("KariHensien@contoso.com");

        var more = jo.Page.Locator(".chat-actions summary");
        await more.ClickAsync();
        await jo.Page.GetByRole(AriaRole.Button, new() { Name = "Block everyone at im.contoso.com" }).ClickAsync();

        await Expect(jo.Entry("Kari Hensien").Locator(".state")).ToContainTextAsync("blocked");
        Assert.Contains("<a:rvp-principal>im.contoso.com</a:rvp-principal>", (await owner.ReadsAcl()).Body, StringComparison.Ordinal);
        var access = await jo.Settings("Who may see me");
        await access.GetByLabel("Block somebody by address").FillAsync("@evil.example");
        await access.GetByRole(AriaRole.Button, new() { Name = "Block", Exact = true }).ClickAsync();
        await Expect(access.GetByLabel("Everyone at evil.example")).ToHaveValueAsync("block");
        await access.GetByLabel("Everyone at im.contoso.com").SelectOptionAsync("default");
        await Expect(access.GetByLabel("Everyone at im.contoso.com")).ToHaveCountAsync(0);
        await jo.Page.Keyboard.PressAsync("Escape");
        await more.ClickAsync();
        await Expect(jo.Page.GetByRole(AriaRole.Button, new() { Name = "Block everyone at im.contoso.com", Exact = true })).ToBeVisibleAsync();
        Assert.Empty(jo.Mistakes);
    }

    // With an empty text: the opening of a session, which adds people.
    private static async Task TellsAsync(Person from, Person to, string text, params Person[] others)
    {
        var type = text.Length > 0 ? "text/plain; charset=UTF-8" : "text/x-msmsgscontrol; charset=UTF-8";
        var named = string.Concat(others.Select(other => $"<r:contact><d:href>{other.Url}</d:href></r:contact>"));
        var document = from.MessageTo(to, text, type).Replace("</r:notification-to>", named + "</r:notification-to>", StringComparison.Ordinal);
        Assert.Equal(200, (await from.Asks("NOTIFY", to.Path, "RVP-Ack-Type: DeepOr\r\n", document)).Status);
    }
}
