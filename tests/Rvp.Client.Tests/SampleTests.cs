using System.Diagnostics;
using Rvp.Testing;

namespace Rvp.Client.Tests;

/// <summary>The programs in <c>samples</c>, which the documents print, run against a real server.</summary>
public sealed class SampleTests
{
    private static readonly string[] Documents = ["docs/rvp.md", "src/Rvp.Client/README.md"];

    public static TheoryData<string> EachDocument => [.. Documents];

    [Theory]
    [MemberData(nameof(EachDocument))]
    public void What_a_document_prints_is_a_sample(string document)
    {
        var samples = Directory.GetDirectories(Repository.PathOf("samples")).Select(folder => File.ReadAllText(Path.Combine(folder, "Program.cs"))).ToList();

        var printed = Repository.Read(document).Split("```csharp\n")[1..].Select(block => block[..block.IndexOf("```", StringComparison.Ordinal)]).ToList();

        Assert.NotEmpty(printed);
        Assert.All(printed, program => Assert.Contains(program, samples));
    }

    [Fact]
    public async Task The_bot_answers_and_signs_out_when_it_is_interrupted()
    {
        await using var home = await Home.StartAsync();
        var kari = await home.SignedIn(Home.Kari);
        await kari.Client.WatchAsync(Home.Jo);
        using var bot = Start(home, "EchoBot");
        await kari.Hears<RvpEvent.PresenceChanged>();

        await kari.Client.SendAsync(Home.Jo, "Hello");
        var answer = await kari.Hears<RvpEvent.MessageReceived>();
        await Signal.SendAsync("INT", bot.Id);

        Assert.Equal("You said: Hello", answer.Text);
        await kari.Hears<RvpEvent.PresenceChanged>();
        await Deadline.For(bot.WaitForExitAsync(), "the end of the bot", () => "it runs", TimeSpan.FromSeconds(30));
        Assert.Equal(0, bot.ExitCode);
    }

    [Fact]
    public async Task The_bot_ends_with_an_error_when_its_password_was_changed()
    {
        await using var home = await Home.StartAsync();
        var kari = await home.SignedIn(Home.Kari);
        await kari.Client.WatchAsync(Home.Jo);
        using var bot = Start(home, "EchoBot");
        await kari.Hears<RvpEvent.PresenceChanged>();

        await home.Server.SetPasswordAsync("JoBrown@adatum.com", "Pass-Word-2");

        await Deadline.For(bot.WaitForExitAsync(), "the end of the bot", () => "it runs", TimeSpan.FromSeconds(60));
        Assert.NotEqual(0, bot.ExitCode);
        Assert.Contains("The server does not accept the account name or the password.", await bot.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_alert_says_whether_it_has_arrived()
    {
        await using var home = await Home.StartAsync(new Dictionary<string, string?> { ["Messages:Offline"] = "false" });

        var nobodyThere = await RunAsync(home, "AlertSender", "KariHensien@adatum.com", "The disk is full");
        var kari = await home.SignedIn(Home.Kari);
        var delivered = await RunAsync(home, "AlertSender", "KariHensien@adatum.com", "The disk is full");

        Assert.Equal(new Ran(1, "KariHensien@adatum.com is not available.\n", ""), nobodyThere);
        Assert.Equal(new Ran(0, "Delivered to KariHensien@adatum.com.\n", ""), delivered);
        Assert.Equal("The disk is full", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task The_board_shows_who_is_there()
    {
        await using var home = await Home.StartAsync();
        var kari = await home.SignedIn(Home.Kari);
        var url = $"http://127.0.0.1:{FreePort.Take()}";
        using var board = Start(home, "PresenceBoard", "--people", "JoBrown@adatum.com KariHensien@adatum.com", "--urls", url);
        using var browser = new HttpClient();

        await ShowsAsync("JoBrown@adatum.com offline\nKariHensien@adatum.com online");
        await kari.Client.SetStateAsync(Rvp.Protocol.PresenceState.AtLunch);
        await ShowsAsync("JoBrown@adatum.com offline\nKariHensien@adatum.com at-lunch");

        board.Kill();

        Task ShowsAsync(string text)
        {
            var shown = "";
            return Deadline.Until(
                () =>
                {
                    try
                    {
                        return text == (shown = browser.GetStringAsync(url).GetAwaiter().GetResult());
                    }
                    catch (HttpRequestException starting)
                    {
                        shown = starting.Message;
                        return false;
                    }
                },
                text, () => shown, TimeSpan.FromSeconds(60));
        }
    }

    private static Process Start(Home home, string sample, params string[] arguments)
    {
        var start = StartInfo(home, sample, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        return Process.Start(start)!;
    }

    private static Task<Ran> RunAsync(Home home, string sample, params string[] arguments) => Ran.OfProcessAsync(StartInfo(home, sample, arguments));

    private static ProcessStartInfo StartInfo(Home home, string sample, string[] arguments)
    {
        var build = Path.GetRelativePath(Repository.PathOf("tests/Rvp.Client.Tests"), AppContext.BaseDirectory);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Repository.PathOf($"samples/{sample}"), build, sample + ".dll"), .. arguments]);
        start.Environment["RVP_ACCOUNT"] = "JoBrown@adatum.com";
        start.Environment["RVP_PASSWORD"] = TestServer.Password;
        start.Environment["RVP_SERVER"] = $"127.0.0.1:{home.Server.Port}";
        return start;
    }
}
