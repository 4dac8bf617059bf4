using System.Text.Json;
using Rvp.Testing;

namespace RvpServer.Tests.Web;

/// <summary>People say themselves how they are called and how they look.</summary>
public sealed class ProfileTests
{
    private const string Json = Browser.OwnPage + "Content-Type: application/json\r\n";
    private const string Image = Browser.OwnPage + "Content-Type: image/gif\r\n";
    private const string Gif = "GIF89a, and so on";

    [Fact]
    public async Task Another_name_is_shown_to_everybody_and_noted()
    {
        await using var server = await TestServer.StartAsync();
        var jo = new Browser(server);
        await jo.SignsInAsync();

        var answer = await jo.AsksAsync("POST", "/session/name", Json, Name("  Jo Brown-Hensien "));

        Assert.Equal(204, answer.Status);
        Assert.Contains("\"displayName\":\"Jo Brown-Hensien\"", (await jo.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
        await using var kari = server.Person("KariHensien");
        var seen = await kari.Asks("PROPFIND", "/instmsg/aliases/JoBrown", "",
            $"<?xml version=\"1.0\"?><d:propfind {Person.Namespaces}><d:prop><d:displayname/></d:prop></d:propfind>");
        Assert.Contains("<d:displayname>Jo Brown-Hensien</d:displayname>", seen.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_watches_hears_the_new_name()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);
        await browser.SignsInAsync();
        await using var jo = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await kari.SignsIn();
        await jo.SignsInToPoll();
        await kari.Watches(jo);

        await browser.AsksAsync("POST", "/session/name", Json, Name("Jo Brown-Hensien"));
        await jo.Polls();

        Assert.Contains("<d:displayname>Jo Brown-Hensien</d:displayname>", (await kari.Callback.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"\"", "A display name has 1 to 256 characters.")]
    [InlineData("\"Jo\\u0007\"", "The display name has a character that cannot be shown.")]
    [InlineData("17", "The body must be a JSON object with the text displayName.")]
    public async Task A_name_that_is_none_is_refused_with_the_reason(string name, string line)
    {
        await using var server = await TestServer.StartAsync();
        var jo = new Browser(server);
        await jo.SignsInAsync();

        var answer = await jo.AsksAsync("POST", "/session/name", Json, $"{{\"displayName\":{name}}}");

        Assert.Equal((400, line), (answer.Status, answer.Body.Trim()));
    }

    [Fact]
    public async Task A_picture_is_shown_to_who_is_signed_in_until_it_is_taken_away()
    {
        await using var server = await TestServer.StartAsync();
        var (jo, kari) = (new Browser(server), new Browser(server));
        await jo.SignsInAsync();
        await kari.SignsInAsync("KariHensien@adatum.com");
        const string ofJo = "/picture?of=http://im.adatum.com/instmsg/aliases/JoBrown";

        Assert.Equal(204, (await kari.AsksAsync("GET", ofJo)).Status);
        Assert.Equal(204, (await jo.AsksAsync("POST", "/picture", Image, Gif)).Status);
        var shown = await kari.AsksAsync("GET", ofJo);
        var same = await kari.AsksAsync("GET", ofJo, $"{Browser.OwnPage}If-None-Match: {shown["ETag"]}\r\n");

        Assert.Equal((200, "image/gif", "private, max-age=3600"), (shown.Status, shown["Content-Type"], shown["Cache-Control"]));
        Assert.Equal("default-src 'none'; sandbox", shown["Content-Security-Policy"]);
        Assert.Equal(304, same.Status);
        Assert.Equal(401, (await new Browser(server).AsksAsync("GET", ofJo)).Status);
        Assert.Equal(204, (await jo.AsksAsync("DELETE", "/picture")).Status);
        Assert.Equal(204, (await kari.AsksAsync("GET", ofJo)).Status);
    }

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", 400)]
    [InlineData("", 400)]
    public async Task What_is_no_picture_is_refused(string body, int status)
    {
        await using var server = await TestServer.StartAsync();
        var jo = new Browser(server);
        await jo.SignsInAsync();

        var answer = await jo.AsksAsync("POST", "/picture", Image, body);

        Assert.Equal((status, "A picture must be PNG, JPEG, GIF or WebP."), (answer.Status, answer.Body.Trim()));
    }

    [Fact]
    public async Task A_picture_that_is_too_large_or_comes_from_another_page_is_refused()
    {
        await using var server = await TestServer.StartAsync();
        var jo = new Browser(server);
        await jo.SignsInAsync();

        var large = await jo.AsksAsync("POST", "/picture", Image, Gif + new string('x', 100 * 1024));
        var foreign = await jo.AsksAsync("POST", "/picture", "Origin: http://evil.example\r\nContent-Type: image/gif\r\n", Gif);

        Assert.Equal((413, 403), (large.Status, foreign.Status));
    }

    [Fact]
    public async Task It_ends_with_the_account()
    {
        await using var server = await TestServer.StartAsync();
        var (jo, kari) = (new Browser(server), new Browser(server));
        await jo.SignsInAsync();
        await kari.SignsInAsync("KariHensien@adatum.com");
        await jo.AsksAsync("POST", "/picture", Image, Gif);

        await server.RemoveAccountAsync("JoBrown@adatum.com");
        await server.AddAccountAsync("JoBrown@adatum.com", "Jo Brown");

        Assert.Equal(204, (await kari.AsksAsync("GET", "/picture?of=http://im.adatum.com/instmsg/aliases/JoBrown")).Status);
    }

    private static string Name(string name) => $"{{\"displayName\":{JsonSerializer.Serialize(name)}}}";
}
