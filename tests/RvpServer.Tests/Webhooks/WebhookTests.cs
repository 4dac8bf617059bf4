using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Administration;
using RvpServer.Directories.Local;
using RvpServer.Tests.Verbs;
using RvpServer.Tests.Web;
using RvpServer.Webhooks;

namespace RvpServer.Tests.Webhooks;

/// <summary>Jo makes webhooks, and programs send by them.</summary>
public sealed class WebhookTests : HomeServerTest
{
    private const string Json = "Content-Type: application/json\r\n";

    private HookOwner Owner => field ??= new HookOwner(Server, Jo);

    private protected override FakeTimeProvider? Clock { get; } = new(new DateTimeOffset(2026, 11, 27, 9, 30, 0, TimeSpan.Zero));

    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { ["Messages:Offline"] = "true" };

    [Fact]
    public async Task What_a_program_sends_is_a_message_of_the_owner_to_the_owner()
    {
        await Jo.SignsIn();
        var path = await Owner.MakesAsync();

        var answer = await Owner.PostsAsync(path, "build is green");

        Assert.Equal((200, "ok", "now"), (answer.Status, answer.Body, answer["RVP-Delivered"]));
        var came = await Jo.Callback.NextAsync();
        Assert.Equal(Jo.Url, came["RVP-From-Principal"]);
        Assert.Contains("<r:description>Jo Brown</r:description>", came.Body, StringComparison.Ordinal);
        Assert.Contains("\r\n\r\n[CI] build is green]]>", came.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_of_a_hook_are_one_conversation_with_its_recipient()
    {
        await Kari.SignsIn();
        var path = await Owner.MakesAsync("""{"name":"Disk","to":"KariHensien@adatum.com"}""");

        await Owner.PostsAsync(path, """{"text":"One"}""", Json);
        await Owner.PostsAsync(path, """{"text":"]]>Two"}""", Json);

        var (one, two) = ((await Kari.Callback.NextAsync()).Body, (await Kari.Callback.NextAsync()).Body);
        Assert.Contains("[Disk] One", one, StringComparison.Ordinal);
        Assert.Contains("[Disk] ]]]]><![CDATA[>Two", two, StringComparison.Ordinal);
        Assert.Equal(SessionOf(one), SessionOf(two));
    }

    [Fact]
    public async Task Whoever_is_away_gets_it_at_the_next_sign_in()
    {
        var path = await Owner.MakesAsync();

        var answer = await Owner.PostsAsync(path, "disk is full", "Title: Alert\r\nPriority: 5\r\n");
        await Jo.SignsInToPoll();

        Assert.Equal((200, "later"), (answer.Status, answer["RVP-Delivered"]));
        Assert.Contains("[CI] \u2757 Alert\r\ndisk is full", (await Jo.Polls()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_the_owner_may_not_write_to_the_hook_may_not_either()
    {
        await Kari.SignsIn();
        await Kari.Blocks(Jo);
        var path = await Owner.MakesAsync("""{"to":"KariHensien@adatum.com"}""");

        await Owner.PostsAsync(path, "Hello");

        await Kari.HearsNothing();
    }

    [Fact]
    public async Task Its_URL_is_told_once_and_nowhere_written()
    {
        var path = await Owner.MakesAsync();
        var secret = path[(path.LastIndexOf('/') + 1)..];
        await Owner.PostsAsync(path, "Hello");

        var listed = Assert.Single(await Owner.ListsAsync());

        Assert.Equal(("CI", "JoBrown@adatum.com", JsonValueKind.Null), (listed.GetProperty("name").GetString(), listed.GetProperty("to").GetString(),
            listed.GetProperty("url").ValueKind));
        Assert.Equal("2026-11-27T09:30:00Z", listed.GetProperty("made").GetString());
        Assert.Equal("2026-11-27T09:30:00Z", listed.GetProperty("used").GetString());
        await Server.StopAsync();
        foreach (var file in Directory.EnumerateFiles(Server.Folder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(secret, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
        await Server.StartAgainAsync();
    }

    [Fact]
    public async Task It_survives_a_power_cut_and_its_end_does_too()
    {
        var (kept, ended) = (await Owner.MakesAsync(), await Owner.MakesAsync("""{"name":"Old"}"""));
        Assert.Equal(204, await Owner.EndsAsync("Old"));

        await using var after = await Server.AfterPowerCutAsync();
        Owner.Server = after;

        Assert.Equal(200, (await Owner.PostsAsync(kept, "Hello")).Status);
        Assert.Equal(404, (await Owner.PostsAsync(ended, "Hello")).Status);
    }

    [Fact]
    public async Task Unknown_ended_and_disabled_are_the_same_to_whoever_asks()
    {
        var path = await Owner.MakesAsync();
        var accounts = Server.Services.GetRequiredService<Accounts>();
        var account = await Server.FindAccountAsync("JoBrown@adatum.com");
        await accounts.SetEnabledAsync(account, false, CancellationToken.None);
        await Deadline.Until(() => Answers(path, 404), "the hook of a disabled account is gone", () => "it is there");

        var (disabled, unknown, empty) = (await Owner.PostsAsync(path, "Hello"), await Owner.PostsAsync("/instmsg/hooks/" + new string('a', 32), "Hello"),
            await Owner.PostsAsync("/instmsg/hooks/x/y", "Hello"));

        const string refused = "There is no such webhook.";
        AssertAnswer(Refused("404 Not Found", refused), disabled);
        AssertAnswer(Refused("404 Not Found", refused), unknown);
        AssertAnswer(Refused("404 Not Found", refused), empty);
        await accounts.SetEnabledAsync(account, true, CancellationToken.None);
        await Deadline.Until(() => Answers(path, 200), "it is back with the account", () => "it is not");
    }

    [Fact]
    public async Task A_later_account_of_the_same_name_has_none_of_them()
    {
        var path = await Owner.MakesAsync();
        await Server.RemoveAccountAsync("JoBrown@adatum.com");
        await Server.AddAccountAsync("JoBrown@adatum.com", "Jo Brown");

        await Deadline.Until(() => Answers(path, 404), "the hook is gone", () => "it is there");
        Assert.Empty(await new HookOwner(Server, Comes("JoBrown")).ListsAsync());
    }

    [Fact]
    public async Task A_program_gone_mad_is_put_off_and_others_are_not()
    {
        await Jo.SignsIn();
        var (mad, other) = (await Owner.MakesAsync(), await Owner.MakesAsync("""{"name":"Other"}"""));
        var statuses = new List<int>();
        for (var i = 0; i < WebhookThrottle.HookBurst; i++)
        {
            statuses.Add((await Owner.PostsAsync(mad, "Hello")).Status);
            await Jo.Callback.NextAsync();
        }

        var refused = await Owner.PostsAsync(mad, "Hello");

        Assert.All(statuses, status => Assert.Equal(200, status));
        Assert.Equal((429, "2", "Too many messages at once; wait before the next.\n"), (refused.Status, refused["Retry-After"], refused.Body));
        Assert.Equal(200, (await Owner.PostsAsync(other, "Hello")).Status);
        Clock!.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(200, (await Owner.PostsAsync(mad, "Hello")).Status);
    }

    [Fact]
    public async Task Guessing_is_put_off_before_anything_is_looked_up()
    {
        for (var i = 0; i < WebhookThrottle.AddressBurst; i++)
            Assert.Null(Server.Services.GetRequiredService<WebhookThrottle>().WaitAt(IPAddress.Loopback));

        var refused = await Owner.PostsAsync("/instmsg/hooks/" + new string('a', 32), "Hello");

        Assert.Equal((429, "1"), (refused.Status, refused["Retry-After"]));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    public async Task Other_verbs_are_refused_whatever_the_secret(string verb)
    {
        var path = await Owner.MakesAsync();

        var (right, wrong) = (await Owner.PostsAsync(path, "", verb: verb), await Owner.PostsAsync("/instmsg/hooks/wrong", "", verb: verb));

        Assert.Equal((405, "POST, PUT"), (right.Status, right["Allow"]));
        Assert.Equal((405, "POST, PUT"), (wrong.Status, wrong["Allow"]));
    }

    [Fact]
    public async Task What_is_too_large_is_refused_unread()
    {
        var path = await Owner.MakesAsync();

        var answer = await Server.AskAsync($"POST {path} HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 65537\r\n\r\n");

        Assert.Equal(413, answer.Status);
        Assert.Equal(200, (await Owner.PostsAsync(path, new string('x', 65536))).Status);
    }

    [Fact]
    public async Task An_account_has_so_many_and_no_more()
    {
        for (var i = 0; i < StoredWebhooks.MaxPerAccount; i++) await Owner.MakesAsync();

        var refused = await Owner.AsksAsync("POST", body: "{}");

        Assert.Equal((409, "You have as many webhooks as you may: end one first.\n"), (refused.Status, refused.Body));
        Assert.Equal(201, (await new HookOwner(Server, Kari).AsksAsync("POST", body: "{}")).Status);
    }

    [Theory]
    [InlineData("""{"to":"Nobody@adatum.com"}""", 404, "Nobody has this address.")]
    [InlineData("""{"to":"Kari"}""", 400, "An address looks like JoBrown@adatum.com.")]
    [InlineData("""{"name":"a\nb"}""", 400, "A name has at most 40 characters in one line.")]
    [InlineData("""{"name":"0123456789012345678901234567890123456789x"}""", 400, "A name has at most 40 characters in one line.")]
    [InlineData("""{"more":1}""", 400, "The body must be a JSON object; name and to are texts.")]
    [InlineData("null", 400, "The body must be a JSON object; name and to are texts.")]
    public async Task A_hook_that_cannot_be_is_refused_in_one_line(string form, int status, string line)
    {
        var refused = await Owner.AsksAsync("POST", body: form);

        Assert.Equal((status, line + "\n"), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Nobody_sees_or_ends_those_of_others()
    {
        var path = await Owner.MakesAsync();
        var id = Assert.Single(await Owner.ListsAsync()).GetProperty("id").GetString();
        var kari = new HookOwner(Server, Kari);

        Assert.Empty(await kari.ListsAsync());
        Assert.Equal(404, (await kari.AsksAsync("DELETE", "?id=" + id)).Status);
        Assert.Equal(400, (await kari.AsksAsync("DELETE", "?id=all")).Status);
        Assert.Equal(401, (await Server.AskAsync("GET /instmsg/hooks HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n")).Status);
        Assert.Equal(405, (await kari.AsksAsync("PUT")).Status);
        Assert.Equal(200, (await Owner.PostsAsync(path, "Hello")).Status);
    }

    [Fact]
    public async Task The_web_clients_session_is_a_proof_too_and_another_sites_page_has_none()
    {
        var browser = new Browser(Server);
        await browser.SignsInAsync();

        var made = await browser.AsksAsync("POST", "/instmsg/hooks", Browser.OwnPage + Json, "{}");
        var foreign = await browser.AsksAsync("POST", "/instmsg/hooks", "Origin: http://evil.example\r\n" + Json, "{}");
        var form = await browser.AsksAsync("POST", "/instmsg/hooks", Browser.OwnPage + "Content-Type: text/plain\r\n", "{}");

        Assert.Equal((201, 403, 415), (made.Status, foreign.Status, form.Status));
        Assert.StartsWith("http://im.adatum.com/instmsg/hooks/JoBrown/", JsonDocument.Parse(made.Body).RootElement.GetProperty("url").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Making_and_ending_are_in_the_audit_log()
    {
        await Owner.MakesAsync();
        await Owner.EndsAsync();

        var entries = await Server.Services.GetRequiredService<AdminServices>().AuditFor(Administrator.OfOperatingSystem("root"))
            .ReadAsync(new AuditQuery(), CancellationToken.None);

        Assert.Equal(
            [("own.webhook.end", "JoBrown@adatum.com", "127.0.0.1"), ("own.webhook.make", "JoBrown@adatum.com", "127.0.0.1")],
            entries.Select(entry => (entry.Action, entry.Who, entry.Source)));
        Assert.All(entries, entry => Assert.Equal("""{"label":"CI","to":"JoBrown@adatum.com"}""", entry.After));
    }

    [Fact]
    public async Task Where_they_are_switched_off_there_is_nothing()
    {
        await using var server = await TestServer.StartAsync(new Dictionary<string, string?> { ["Webhooks:Enabled"] = "false" });

        Assert.Equal(501, (await server.AskAsync("POST /instmsg/hooks/x HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n")).Status);
    }

    [Fact]
    public async Task Where_people_come_over_https_so_do_programs()
    {
        using var certificate = new WebCertificate();
        await using var server = await TestServer.StartAsync(certificate: certificate);

        Assert.Equal(403, (await server.AskAsync("POST /instmsg/hooks/x HTTP/1.1\r\nHost: im.adatum.com\r\nContent-Length: 0\r\n\r\n")).Status);
    }

    // The server looks at the accounts again every moment.
    private bool Answers(string path, int status)
    {
        Clock!.Advance(TimeSpan.FromSeconds(1));
        return Owner.PostsAsync(path, "Hello").GetAwaiter().GetResult().Status == status;
    }

    private static string SessionOf(string message) =>
        message.Split("Session-Id: ")[1].Split("\r\n")[0];
}
