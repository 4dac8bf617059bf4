using System.Text.Json;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

/// <summary>Jo makes webhooks at the command line.</summary>
public sealed class HooksCommandTests
{
    [Fact]
    public async Task One_is_made_used_listed_and_removed()
    {
        await using var home = await Home.StartAsync();
        var kari = await home.SignedIn(Home.Kari);
        var jo = new Shell(home, "JoBrown@adatum.com");

        var made = await jo.Run("", "hooks", "add", "--name", "CI", "--to", "KariHensien@adatum.com");
        var url = new Uri(made.Out.TrimEnd());
        var said = await PostAsync(home, url, "build is green");

        Assert.Equal((0, "im.adatum.com"), (made.Code, url.Host));
        Assert.Equal(200, said);
        var heard = await kari.Hears<RvpEvent.MessageReceived>();
        Assert.Equal((Home.Jo, "[CI] build is green"), (heard.From, heard.Text));
        var today = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(new Ran(0, $"CI  to KariHensien@adatum.com, made {today}, used {today}\n", ""), await jo.Run("", "hooks"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "hooks", "remove", "CI"));
        Assert.Equal(404, await PostAsync(home, url, "build is red"));
        Assert.Equal(new Ran(1, "", "rvp: You have no webhook \"CI\".\n"), await jo.Run("", "hooks", "remove", "CI"));
    }

    [Fact]
    public async Task Scripts_read_JSON()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");

        var made = JsonDocument.Parse((await jo.Run("", "hooks", "add", "--json")).Out).RootElement;
        var listed = JsonDocument.Parse((await jo.Run("", "hooks", "--json")).Out).RootElement[0];

        Assert.StartsWith("http://im.adatum.com/instmsg/hooks/", made.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(("webhook", "JoBrown@adatum.com", JsonValueKind.Null),
            (listed.GetProperty("name").GetString(), listed.GetProperty("to").GetString(), listed.GetProperty("used").ValueKind));
    }

    [Fact]
    public async Task What_is_refused_is_one_line()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");

        Assert.Equal(new Ran(1, "", "rvp: Nobody has this address.\n"), await jo.Run("", "hooks", "add", "--to", "Nobody@adatum.com"));
    }

    [Fact]
    public async Task A_server_without_webhooks_says_so()
    {
        await using var home = await Home.StartAsync(new Dictionary<string, string?> { ["Webhooks:Enabled"] = "false" });
        var jo = new Shell(home, "JoBrown@adatum.com");

        Assert.Equal(
            new Ran(1, "", "rvp: The server has no webhooks, or is a router: name the home server's URL, or ask the administrator.\n"),
            await jo.Run("", "hooks"));
    }

    // The name in the URL is nobody's on this machine.
    private static async Task<int> PostAsync(Home home, Uri url, string text)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new UriBuilder(url) { Host = "127.0.0.1", Port = home.Server.Port }.Uri)
        {
            Content = new StringContent(text),
        };
        request.Headers.Host = url.Authority;
        using var answer = await client.SendAsync(request);
        return (int)answer.StatusCode;
    }
}
