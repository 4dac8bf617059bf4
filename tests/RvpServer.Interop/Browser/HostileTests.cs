using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

[Collection(Chrome.Name)]
public sealed class HostileTests(Chrome chrome)
{
    private const string Script = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";

    [Theory]
    [InlineData(Script, Script)]
    [InlineData("<b>&amp;</b> ]]> \u0007", "<b>&amp;</b> ]]> \ufffd")]
    [InlineData("\u202Eevil\u202C שלום مرحبا", "\u202Eevil\u202C שלום مرحبا")]
    [InlineData("👩‍👩‍👧‍👦 🇳🇴 é", "👩‍👩‍👧‍👦 🇳🇴 é")]
    [InlineData("javascript:alert(1) http://x.example/\"onclick=alert(1)", "javascript:alert(1) http://x.example/%22onclick=alert(1)")]
    public async Task A_message_is_text_whatever_it_holds(string text, string shown)
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");

        await jo.Says(text);

        await kari.Opens("Jo Brown");
        await Expect(kari.Texts).ToHaveCountAsync(1);
        Assert.Equal(shown, await kari.Texts.First.TextContentAsync());
        Assert.Equal(0, await kari.Texts.First.Locator("b, img, script").CountAsync());
        Assert.DoesNotContain("owned", await kari.Page.TitleAsync(), StringComparison.Ordinal);
        await jo.HasDeliveredAll();
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task A_name_is_text_in_one_line_and_turns_nothing_round()
    {
        await using var server = await TestServer.StartAsync();
        await server.AddAccountAsync("Reception@adatum.com", Script + "\u202E" + new string('W', 100));
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");

        await jo.Adds("Reception@adatum.com");

        await Expect(jo.Page.Locator(".entry .name")).ToContainTextAsync("onerror");
        var name = await jo.Page.Locator(".entry .name").TextContentAsync();
        Assert.StartsWith(Script, name, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", name, StringComparison.Ordinal);
        Assert.True(await jo.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), "the page is wider than the window");
        Assert.DoesNotContain("owned", await jo.Page.TitleAsync(), StringComparison.Ordinal);
        Assert.Empty(jo.Mistakes);
    }

    [Fact]
    public async Task What_a_stranger_calls_itself_is_no_markup_and_no_other_person()
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var jo = server.Person("JoBrown");
        await using var target = server.Person("KariHensien");
        var document = jo.MessageTo(target, "hello")
            .Replace("<r:description>JoBrown</r:description>", "<r:description>&lt;img src=x onerror=alert(1)&gt;</r:description>", StringComparison.Ordinal);

        var answer = await jo.Asks("NOTIFY", target.Path, "RVP-Ack-Type: DeepOr\r\n", document);

        Assert.Equal(200, answer.Status);
        await kari.Page.Locator(".entry").ClickAsync();
        await kari.Hears("hello");
        await Expect(kari.Page.Locator(".chat-head")).ToContainTextAsync("JoBrown@adatum.com");
        Assert.Empty(kari.Mistakes);
    }

    [Fact]
    public async Task Text_that_pidgin_has_encoded_twice_is_shown_right()
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await using var jo = server.Person("JoBrown");
        await using var target = server.Person("KariHensien");

        await jo.Says(target, "GrÃ¼Ã\u009fe");

        await kari.Opens("JoBrown");
        await kari.Hears("Grüße");
    }

    [Fact]
    public async Task A_hundred_thousand_characters_arrive()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        var text = string.Concat(Enumerable.Repeat("0123456789", 10_000));

        await jo.Says(text);

        await kari.Opens("Jo Brown");
        await kari.Page.GetByRole(AriaRole.Button, new() { Name = "Show all 100,000 characters" }).ClickAsync();
        await kari.Hears(text);
        await jo.HasDeliveredAll();
    }

    [Fact]
    public async Task A_megabyte_is_refused_with_words_and_nothing_is_sent()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Adds("KariHensien@adatum.com");
        await jo.Box.FillAsync("before ");

        var isRefused = await jo.Page.EvaluateAsync<bool>(
            """
            () => {
              const data = new DataTransfer();
              data.setData('text/plain', 'x'.repeat(1024 * 1024));
              return !document.getElementById('box').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
            }
            """);

        Assert.True(isRefused);
        await Expect(jo.Page.Locator(".chat > .error"))
            .ToHaveTextAsync("This is too long to be sent: the server takes 128 KB in one message, and this is 897 KB too much.");
        await Expect(jo.Box).ToHaveValueAsync("before ");
        await jo.Box.FillAsync(new string('x', 1024 * 1024));
        await jo.Box.PressAsync("Enter");
        await Expect(jo.Page.Locator(".chat > .error")).ToContainTextAsync("too long");
        await Expect(jo.Texts).ToHaveCountAsync(0);
        Assert.Equal(1024 * 1024, (await jo.Box.InputValueAsync()).Length);
    }
}
