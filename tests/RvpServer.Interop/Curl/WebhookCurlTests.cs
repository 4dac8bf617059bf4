using Rvp.Testing;
using Xunit.Abstractions;

namespace RvpServer.Interop.Curl;

/// <summary>Webhooks with curl, in the lines that other programs' documents print.</summary>
public sealed class WebhookCurlTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly CallbackListener joCallback = CallbackListener.Start(CallbackReply.KeepAlive);
    private RunningServer server = null!;
    private string url = "";

    public async Task InitializeAsync()
    {
        server = await RunningServer.StartAsync("127.0.0.21", """{ "Schemes": ["Digest"] }""");
        var jo = new CurlUser(server, "JoBrown", RunningServer.JoPassword, "digest");
        await jo.SignsIn(joCallback);
        var made = CurlAnswer.ParseLast(await CurlAsync(
            "--include", "--digest", "--user", $"JoBrown:{RunningServer.JoPassword}", "--json", """{"name":"CI"}""", $"http://{server.Domain}/instmsg/hooks"));
        url = System.Text.Json.JsonDocument.Parse(made.Body).RootElement.GetProperty("url").GetString()!;
    }

    public async Task DisposeAsync()
    {
        output.WriteLine($"The server:\n{server?.Log}");
        await joCallback.DisposeAsync();
        if (server is not null) await server.DisposeAsync();
    }

    [Fact]
    public async Task Plain_text_as_for_ntfy()
    {
        Assert.Equal("ok", await CurlAsync("-d", "Backup successful 😀", url));
        await HearsAsync("[CI] Backup successful 😀");

        Assert.Equal("ok", await CurlAsync("-H", "Title: Unauthorized access detected", "-H", "Priority: urgent", "-d", "Remote access to phils-laptop", url));
        await HearsAsync("[CI] \u2757 Unauthorized access detected\r\nRemote access to phils-laptop");

        Assert.Equal("ok", await CurlAsync("-T", "/etc/hostname", url));
        await HearsAsync("[CI] " + (await File.ReadAllTextAsync("/etc/hostname")).Trim());
    }

    [Fact]
    public async Task Json_as_for_Slack_and_Mattermost()
    {
        Assert.Equal("ok", await CurlAsync("-X", "POST", "-H", "Content-type: application/json", "--data", """{"text":"Hello, World!"}""", url));
        await HearsAsync("[CI] Hello, World!");

        var answer = CurlAnswer.ParseLast(await CurlAsync(
            "-i", "-X", "POST", "-H", "Content-Type: application/json", "-d", """{"text": "Hello, this is some text\nThis is more text. :tada:"}""", url));
        Assert.Equal((200, "ok"), (answer.Status, answer.Body));
        await HearsAsync("[CI]\r\nHello, this is some text\r\nThis is more text. :tada:");

        Assert.Equal("ok", await CurlAsync("-X", "POST", "--data-urlencode", """payload={"username": "webhookbot", "text": "This is posted & shown."}""", url));
        await HearsAsync("[webhookbot] This is posted & shown.");
    }

    /// <summary>The lines of docs/rvp.md, with the names of this server.</summary>
    [Fact]
    public async Task What_the_document_says_works_as_it_is()
    {
        await using var kariCallback = CallbackListener.Start(CallbackReply.KeepAlive);
        await new CurlUser(server, "KariHensien", RunningServer.KariPassword, "digest").SignsIn(kariCallback);
        var script = Repository.Read("docs/rvp.md").Split("### Webhooks")[1].Split("```sh\n")[1].Split("```")[0]
            .Replace("adatum.com", server.Domain, StringComparison.Ordinal);

        var said = await Commands.DoAsync(
            "bash", ["-euc", $"rvp() {{ dotnet '{BuiltPrograms.CommandLineClient}' \"$@\"; }}\nexport no_proxy='*'\n{script}"],
            environment: new Dictionary<string, string>
            {
                ["RVP_ACCOUNT"] = server.AddressOf("JoBrown"),
                ["RVP_PASSWORD"] = RunningServer.JoPassword,
                ["RVP_SERVER"] = $"http://{server.Domain}",
            });

        Assert.Equal("okokok", said);
        foreach (var text in (string[])["[CI] build is green", "[CI] \u2757 Disk\r\n/ is at 98 %", $"[CI] Deployed the site (https://{server.Domain})"])
            Assert.Contains(text + "]]>", (await kariCallback.NextAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_makes_a_script_fail()
    {
        var wrong = await Commands.RunAsync("curl", ["-sS", "--noproxy", "*", "--fail", "-d", "x", url + "x"]);
        Assert.Equal(22, wrong.Code);

        Assert.Equal("There is nothing to send: the body has no text.\n", await CurlAsync("-d", "", url));
        Assert.Equal("The body is larger than this server accepts.\n", await CurlAsync("-d", new string('x', 70_000), url));
        Assert.Equal("Webhooks do not do that.\n", await CurlAsync(url));
    }

    private async Task HearsAsync(string text)
    {
        var came = await joCallback.NextAsync();
        Assert.Contains("\r\n\r\n" + text + "]]>", came.Body, StringComparison.Ordinal);
    }

    private static Task<string> CurlAsync(params string[] arguments) =>
        Commands.DoAsync("curl", ["--silent", "--show-error", "--noproxy", "*", "--max-time", "30", .. arguments]);
}
