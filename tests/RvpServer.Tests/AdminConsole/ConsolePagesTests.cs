using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Admin;
using RvpServer.Directories;
using RvpServer.Tests.Administration;
using RvpServer.Tests.Authentication;
using Serilog;

namespace RvpServer.Tests.AdminConsole;

public sealed class ConsolePagesTests
{
    private static readonly string[] OfInstallation =
        ["/directory", "/dns", "/organisations", "/certificates", "/log", "/selftest", "/backup", "/?handler=Live"];

    [Fact]
    public async Task What_is_of_the_installation_is_for_its_administrators_alone()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var all = await ConsoleBrowser.SignedInAsync(server.Server, "view-all@adatum.com");
        using var one = await ConsoleBrowser.SignedInAsync(server.Server, "full-adatum@adatum.com");

        foreach (var path in OfInstallation)
        {
            Assert.Equal((path, 200), (path, (await all.GetsAsync(path)).Status));
            Assert.Equal((path, 403), (path, (await one.GetsAsync(path)).Status));
        }

        var menu = (await one.GetsAsync("/")).Html;
        Assert.Contains("href=\"/people\"", menu, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/log\"", menu, StringComparison.Ordinal);
        Assert.DoesNotContain("contoso", menu, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_figures_are_those_of_the_metrics()
    {
        await using var server = await TestServer.StartAsync();
        await Administrators.MakeAsync(server, "JoBrown@adatum.com");
        using var browser = await ConsoleBrowser.SignedInAsync(server, "JoBrown@adatum.com");
        await using var kari = server.Person("KariHensien");
        await kari.SignsIn();

        var figures = JsonNode.Parse((await browser.GetsAsync("/?handler=Live")).Html)!;

        Assert.Equal(1, (int)figures["rvp_signed_in"]!);
        Assert.True((double)figures["rvp_requests_total"]! >= 1);
        Assert.True((double)figures["process_resident_memory_bytes"]! > 1_000_000);
        Assert.Contains("state online", (await browser.GetsAsync("/people?q=kari")).Html, StringComparison.Ordinal);
        Assert.Equal("KariHensien@adatum.com is signed out everywhere.", (await browser.DoesAsync(
            "/people/KariHensien%40adatum.com", "/people/KariHensien%40adatum.com?handler=SignOutAll")).Told);
        Assert.Equal(412, (await kari.Renews(kari.SignIn)).Status);
    }

    [Fact]
    public async Task A_backup_is_for_full_administrators_and_leaves_no_copy_behind()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");
        using var lesser = await ConsoleBrowser.SignedInAsync(server.Server, "administrator-all@adatum.com");

        var refused = await lesser.SendsAsync("/administrators", "/backup", []);
        var given = await full.SendsAsync("/backup", "/backup", []);

        Assert.Equal((403, 200), (refused.Status, given.Status));
        Assert.StartsWith("SQLite format 3\0", given.Html, StringComparison.Ordinal);
        Assert.EndsWith(".db", given.Response.Content.Headers.ContentDisposition!.FileName, StringComparison.Ordinal);
        await Deadline.Until(() => !Directory.EnumerateFiles(server.Server.Folder, "backup-*").Any(), "no copy", () => server.Server.Folder);
        Assert.Single(await server.AuditAsync("store"));
    }

    [Fact]
    public async Task The_log_shows_what_was_written_as_text_and_finds_in_it()
    {
        await using var server = await TestServer.StartAsync();
        await Administrators.MakeAsync(server, "JoBrown@adatum.com");
        using var browser = await ConsoleBrowser.SignedInAsync(server, "JoBrown@adatum.com");

        await using var log = new LoggerConfiguration().WriteTo.Sink(server.Services.GetRequiredService<RecentLog>()).CreateLogger();
        log.Information("{Name} has come", "<b>Kari\nHensien</b>");
        log.Warning("The disk is full");

        var all = (await browser.GetsAsync("/log")).Html;
        Assert.Contains("info  log: &lt;b&gt;Kari\\u000aHensien&lt;/b&gt; has come", all, StringComparison.Ordinal);
        Assert.Contains("The disk is full", all, StringComparison.Ordinal);
        Assert.DoesNotContain("has come", (await browser.GetsAsync("/log?level=warn")).Html, StringComparison.Ordinal);
        Assert.DoesNotContain("has come", (await browser.GetsAsync("/log?q=DISK")).Html, StringComparison.Ordinal);
        Assert.Contains("The disk is full", (await browser.GetsAsync("/log?q=DISK")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dns?domain=%3Cscript%3E", "That is no domain.")]
    [InlineData("/organisations?domain=a..b", "That is no domain.")]
    public async Task What_is_no_domain_is_said(string path, string reason)
    {
        await using var server = await TestServer.StartAsync();
        await Administrators.MakeAsync(server, "JoBrown@adatum.com");
        using var browser = await ConsoleBrowser.SignedInAsync(server, "JoBrown@adatum.com");

        Assert.Equal((200, reason), (await browser.GetsAsync(path)) is var answer ? (answer.Status, answer.Wrong) : default);
    }

    [Fact]
    public async Task A_directory_that_is_away_is_said_on_the_pages_that_need_it()
    {
        var directory = new InMemoryDirectory();
        await using var server = await TestServer.StartAsync(accounts: [], replace: services => services.AddSingleton<IDirectory>(directory));
        using var browser = new ConsoleBrowser(server);
        directory.IsDown = true;

        var answer = await browser.SignsInAsync("JoBrown@adatum.com", TestServer.Password);

        Assert.Equal((503, "The directory does not answer: try again later."), (answer.Status, answer.Wrong));
    }
}
