using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Directories.Local;
using RvpServer.Tests.Web;

namespace RvpServer.Tests.Push;

/// <summary>With <c>Rvp:Push</c>: what no client of Jo's takes is announced to the browsers that Jo has closed.</summary>
public sealed class PushTests : IAsyncLifetime
{
    private const string Json = Browser.OwnPage + "Content-Type: application/json\r\n";
    private const string Path = "/instmsg/push";
    private const string NoForm = "The body must be a JSON object with the texts endpoint, p256dh and auth, and showsText, true or false.";

    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 27, 9, 30, 5, TimeSpan.Zero));
    private FakePushService service = null!;
    private TestServer server = null!;
    private Person jo = null!;
    private Person kari = null!;

    public async Task InitializeAsync()
    {
        service = await FakePushService.StartAsync();
        server = await TestServer.StartAsync(
            new Dictionary<string, string?>
            {
                ["Messages:Offline"] = "true",
                ["Push:Enabled"] = "true",
                ["Push:Contact"] = "mailto:admin@adatum.com",
                ["Push:Services:0"] = service.Origin,
                // Where the service of these tests lives.
                ["Federation:CallableRanges:0"] = "127.0.0.0/8",
            },
            clock);
        (jo, kari) = (server.Person("JoBrown"), server.Person("KariHensien"));
    }

    public async Task DisposeAsync()
    {
        await jo.DisposeAsync();
        await kari.DisposeAsync();
        await server.DisposeAsync();
        await service.DisposeAsync();
    }

    [Fact]
    public async Task A_message_that_nobody_takes_is_announced_without_its_text()
    {
        Assert.Equal(204, (await Asks("POST", service.Form())).Status);
        await kari.Says(jo, "Lunch?");

        var pushed = await Comes();

        Assert.Equal(("jos-phone", null, 1), (pushed.Endpoint, pushed.Text, pushed.Count));
        Assert.Equal(("KariHensien", kari.Url), (pushed.Notice.GetProperty("from").GetString(), pushed.Notice.GetProperty("with").GetString()));
        Assert.Equal(("86400", "high", "aes128gcm"), (pushed.Headers["TTL"], pushed.Headers["Urgency"], pushed.Headers["Content-Encoding"]));
        Assert.Matches("^[A-Za-z0-9_-]{32}$", pushed.Headers["Topic"]);
    }

    [Fact]
    public async Task The_push_service_can_tell_who_calls()
    {
        var key = JsonDocument.Parse((await Asks("GET")).Body).RootElement.GetProperty("key").GetString()!;
        await Asks("POST", service.Form());
        await kari.Says(jo, "Lunch?");

        var proof = (await Comes()).Headers["Authorization"];

        Assert.StartsWith("vapid t=", proof, StringComparison.Ordinal);
        Assert.EndsWith(", k=" + key, proof, StringComparison.Ordinal);
        var token = proof["vapid t=".Length..proof.IndexOf(", k=", StringComparison.Ordinal)].Split('.');
        var point = Base64Url.DecodeFromChars(key);
        using var known = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = point[1..33], Y = point[33..] } });
        Assert.True(known.VerifyData(Encoding.ASCII.GetBytes(token[0] + "." + token[1]), Base64Url.DecodeFromChars(token[2]), HashAlgorithmName.SHA256));
        Assert.Equal("""{"typ":"JWT","alg":"ES256"}""", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token[0])));
        var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(token[1])).RootElement;
        Assert.Equal((service.Origin, "mailto:admin@adatum.com"), (claims.GetProperty("aud").GetString(), claims.GetProperty("sub").GetString()));
        var left = DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()) - clock.GetUtcNow();
        Assert.InRange(left, TimeSpan.FromHours(11), TimeSpan.FromHours(24));
    }

    [Fact]
    public async Task Who_wants_the_text_gets_its_beginning_and_how_many_wait()
    {
        await Asks("POST", service.Form(showsText: true));
        await kari.Says(jo, "Lunch?");
        var first = await Comes();
        await kari.Says(jo, new string('x', 199) + "🍎\nand more");

        var second = await Comes();

        Assert.Equal(("Lunch?", 1), (first.Text, first.Count));
        Assert.Equal((new string('x', 199) + "…", 2), (second.Text, second.Count));
        Assert.Equal(first.Headers["Topic"], second.Headers["Topic"]);
    }

    [Fact]
    public async Task What_a_client_takes_is_announced_nowhere()
    {
        await Asks("POST", service.Form(showsText: true));
        await jo.SignsInToPoll();
        await kari.Says(jo, "To a page that is open");
        var fetched = await jo.Polls();
        Assert.Contains("To a page", fetched.Body, StringComparison.Ordinal);
        await jo.Polls(fetched["RVP-Poll-Cursor"]);
        await jo.SignsOut();
        await jo.SignsIn();
        await kari.Says(jo, "To a callback");
        await jo.Hears(kari, "To a callback");
        await jo.SignsOut();

        await kari.Says(jo, "To nobody");

        var pushed = await Comes();
        Assert.Equal(("To nobody", 1), (pushed.Text, pushed.Count));
    }

    [Fact]
    public async Task A_page_that_polls_no_more_has_not_taken_it()
    {
        await Asks("POST", service.Form(showsText: true));
        await jo.SignsInToPoll();

        await kari.Says(jo, "Are you there?");

        Assert.Equal("Are you there?", (await Comes()).Text);
    }

    [Fact]
    public async Task Nobodys_phone_rings_all_the_time()
    {
        await Asks("POST", service.Form(showsText: true));
        foreach (var i in Enumerable.Range(1, 3))
        {
            await kari.Says(jo, $"Number {i}");
            Assert.Equal(i, (await Comes()).Count);
        }
        var began = clock.GetUtcNow();
        await kari.Says(jo, "Number 4");
        await kari.Says(jo, "Number 5");

        var last = await Comes();

        Assert.Equal(("Number 5", 5), (last.Text, last.Count));
        Assert.InRange(clock.GetUtcNow() - began, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_browser_that_is_gone_is_forgotten_and_a_service_that_fails_is_not()
    {
        service.Answers["gone"] = 410;
        service.Answers["failing"] = 500;
        await Asks("POST", service.Form("failing"));
        await Asks("POST", service.Form("gone"));
        await kari.Says(jo, "One");
        var first = new[] { await Comes(), await Comes() };

        await kari.Says(jo, "Two");

        Assert.Equal(["failing", "gone"], first.Select(pushed => pushed.Endpoint).Order());
        Assert.Equal(("failing", 2), await Comes() is var again ? (again.Endpoint, again.Count) : default);
        await kari.Says(jo, "Three");
        Assert.Equal("failing", (await Comes()).Endpoint);
    }

    [Fact]
    public async Task It_ends_with_the_session_that_made_it()
    {
        var (phone, desktop) = (new Browser(server), new Browser(server));
        await phone.SignsInAsync();
        await desktop.SignsInAsync();
        await phone.AsksAsync("POST", Path, Json, service.Form("phone"));
        await desktop.AsksAsync("POST", Path, Json, service.Form("desktop"));

        await phone.AsksAsync("DELETE", "/session");
        await kari.Says(jo, "One");

        Assert.Equal("desktop", (await Comes()).Endpoint);
        await kari.Says(jo, "Two");
        Assert.Equal("desktop", (await Comes()).Endpoint);
    }

    [Fact]
    public async Task Whoever_changes_the_password_shuts_all_others_out()
    {
        await Asks("POST", service.Form("anybodys"));
        await server.SetPasswordAsync("JoBrown@adatum.com", "Another-Word-2");
        await server.Services.GetRequiredService<LocalDirectory>().RefreshAsync(CancellationToken.None);
        await using var again = server.Person("JoBrown", password: "Another-Word-2");
        await Asks(again, "POST", "", service.Form("jos"));

        await kari.Says(again, "One");

        Assert.Equal("jos", (await Comes()).Endpoint);
    }

    [Fact]
    public async Task It_can_be_ended_and_another_persons_cannot()
    {
        await Asks("POST", service.Form("first"));
        await Asks("POST", service.Form("second"));

        Assert.Equal(204, (await Asks(kari, "DELETE", $"?endpoint={service.Origin}/second")).Status);
        Assert.Equal(204, (await Asks(jo, "DELETE", $"?endpoint={service.Origin}/first")).Status);
        await kari.Says(jo, "One");

        Assert.Equal("second", (await Comes()).Endpoint);
    }

    [Fact]
    public async Task What_came_just_before_the_server_ended_is_announced_after_its_start()
    {
        await Asks("POST", service.Form(showsText: true));
        await kari.Says(jo, "Just now");
        await using var after = await server.AfterPowerCutAsync();

        var pushed = await Comes();

        Assert.Equal("Just now", pushed.Text);
    }

    [Fact]
    public async Task An_account_has_so_many_and_the_oldest_makes_room()
    {
        foreach (var i in Enumerable.Range(0, StoredPushes.MaxPerAccount + 1))
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Asks("POST", service.Form($"phone{i}"));
        }
        await kari.Says(jo, "One");

        var all = new List<string>();
        for (var i = 0; i < StoredPushes.MaxPerAccount; i++) all.Add((await Comes()).Endpoint);

        Assert.DoesNotContain("phone0", all);
        Assert.Equal(StoredPushes.MaxPerAccount, all.Distinct().Count());
    }

    [Theory]
    [InlineData("\"endpoint\":\"{origin}\"", "\"endpoint\":\"https://push.example.com/x\"", "endpoint must be a URL at a push service that this server knows.")]
    [InlineData("\"endpoint\":\"{origin}\"", "\"endpoint\":\"x\"", "endpoint must be a URL at a push service that this server knows.")]
    [InlineData("\"p256dh\":\"B", "\"p256dh\":\"A", "p256dh must be a point of P-256, as base64url.")]
    [InlineData("\"p256dh\":\"B", "\"p256dh\":\"!", "p256dh must be a point of P-256, as base64url.")]
    [InlineData("\"auth\":\"", "\"auth\":\"AAAA", "auth must be 16 bytes, as base64url.")]
    [InlineData("\"showsText\":false", "\"showsText\":1", NoForm)]
    [InlineData("{", "[", NoForm)]
    public async Task What_is_no_subscription_is_refused_with_the_reason(string part, string instead, string line)
    {
        var form = service.Form().Replace(
            part.Replace("{origin}", service.Origin + "/jos-phone", StringComparison.Ordinal), instead, StringComparison.Ordinal);

        var answer = await Asks("POST", form);

        Assert.Equal((400, line), (answer.Status, answer.Body.Trim()));
    }

    [Fact]
    public async Task Strangers_are_asked_for_a_proof()
    {
        var answer = await server.AskAsync($"GET {Path} HTTP/1.1\r\nHost: im.adatum.com\r\n\r\n");

        Assert.Equal(401, answer.Status);
        Assert.Contains(answer.All("WWW-Authenticate"), challenge => challenge.StartsWith("Digest ", StringComparison.Ordinal));
        const string foreign = "Origin: http://evil.example.com\r\nCookie: rvp-session=x\r\nContent-Type: application/json\r\n";
        Assert.Equal(403, (await new Browser(server).AsksAsync("POST", Path, foreign, service.Form())).Status);
    }

    [Fact]
    public async Task It_is_off_unless_the_administrator_wants_it()
    {
        await using var usual = await TestServer.StartAsync();
        var page = new Browser(usual);
        await page.SignsInAsync();

        Assert.Contains("\"hasPush\":false", (await page.AsksAsync("GET", "/session")).Body, StringComparison.Ordinal);
        Assert.NotEqual(200, (await page.AsksAsync("GET", Path)).Status);
    }

    private Task<RawAnswer> Asks(string verb, string body = "") => Asks(jo, verb, "", body);

    private async Task<RawAnswer> Asks(Person who, string verb, string query = "", string body = "") => await server.AskAsync(
        $"{verb} {Path}{query} HTTP/1.1\r\nHost: im.adatum.com\r\n{await who.Proof(verb, Path + query)}Content-Type: application/json\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    // Time passes until a notice has come, and never so fast that what is under way would be given up.
    private async Task<Pushed> Comes()
    {
        Pushed? pushed = null;
        await Deadline.Until(
            async () =>
            {
                clock.Advance(TimeSpan.FromSeconds(0.5));
                return (pushed = await service.TryTakeAsync(TimeSpan.FromMilliseconds(50))) is not null;
            },
            "a notice", () => "none");
        return pushed!;
    }
}
