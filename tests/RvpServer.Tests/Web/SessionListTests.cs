using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;
using RvpServer.Directories.Local;

namespace RvpServer.Tests.Web;

/// <summary>Where somebody is signed in with a browser, and ending that from another.</summary>
public class SessionListTests
{
    [Fact]
    public async Task The_list_says_where_from_with_what_and_since_when()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(clock: clock);
        var office = await SignsInAsync(server, "User-Agent: Office/1\r\n");
        clock.Advance(TimeSpan.FromHours(1));
        var home = await SignsInAsync(server, "User-Agent: " + new string('x', 1000) + "\r\n");
        clock.Advance(TimeSpan.FromHours(1));
        await office.AsksWhoWatchesJoAsync();

        var sessions = await ListAsync(home);

        Assert.Equal(
            [("Office/1", false, "2026-03-02T08:00:00Z", "2026-03-02T10:00:00Z", "127.0.0.1"),
             (new string('x', 200), true, "2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "127.0.0.1")],
            sessions.Select(session => (Text(session, "browser"), session.GetProperty("isThis").GetBoolean(), Text(session, "begun"), Text(session, "used"),
                Text(session, "address"))).OrderBy(session => session.Item3, StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_session_is_ended_from_another()
    {
        await using var server = await TestServer.StartAsync();
        var stolen = await SignsInAsync(server);
        var own = await SignsInAsync(server);
        var id = Text((await ListAsync(own)).Single(session => !session.GetProperty("isThis").GetBoolean()), "id");

        Assert.Equal(204, (await own.AsksAsync("DELETE", "/sessions?id=" + id)).Status);

        Assert.Equal(401, (await stolen.AsksWhoWatchesJoAsync()).Status);
        Assert.Equal(200, (await own.AsksWhoWatchesJoAsync()).Status);
        await server.StopAsync();
        await server.StartAgainAsync();
        Assert.Equal(401, (await stolen.AsksWhoWatchesJoAsync()).Status);
    }

    [Fact]
    public async Task All_others_are_ended_at_once_and_nobody_elses()
    {
        await using var server = await TestServer.StartAsync();
        Browser[] others = [await SignsInAsync(server), await SignsInAsync(server)];
        var kari = new Browser(server);
        await kari.SignsInAsync("KariHensien@adatum.com");
        var own = await SignsInAsync(server);

        Assert.Equal(204, (await own.AsksAsync("DELETE", "/sessions")).Status);

        foreach (var other in others) Assert.Equal(401, (await other.AsksWhoWatchesJoAsync()).Status);
        Assert.Equal(200, (await own.AsksWhoWatchesJoAsync()).Status);
        Assert.Single(await ListAsync(own));
        Assert.Single(await ListAsync(kari));
    }

    [Fact]
    public async Task Nobody_ends_or_sees_the_sessions_of_others()
    {
        await using var server = await TestServer.StartAsync();
        var jo = await SignsInAsync(server);
        var id = Text((await ListAsync(jo)).Single(), "id");
        var kari = new Browser(server);
        await kari.SignsInAsync("KariHensien@adatum.com");

        Assert.Equal(204, (await kari.AsksAsync("DELETE", "/sessions?id=" + id)).Status);
        Assert.Equal(200, (await jo.AsksWhoWatchesJoAsync()).Status);
        Assert.DoesNotContain(id, (await kari.AsksAsync("GET", "/sessions")).Body, StringComparison.Ordinal);
        Assert.Equal(400, (await kari.AsksAsync("DELETE", "/sessions?id=all")).Status);
        var stranger = new Browser(server);
        Assert.Equal((401, "RvpSession"), await StatusAsync(stranger, "GET"));
        Assert.Equal((401, "RvpSession"), await StatusAsync(stranger, "DELETE"));
        Assert.Equal(403, (await jo.AsksAsync("GET", "/sessions", "Origin: http://evil.example\r\n")).Status);
        Assert.Equal(403, (await jo.AsksAsync("DELETE", "/sessions", "Sec-Fetch-Site: cross-site\r\n")).Status);
        Assert.Equal(200, (await jo.AsksWhoWatchesJoAsync()).Status);

        static async Task<(int, string?)> StatusAsync(Browser browser, string verb)
        {
            var answer = await browser.AsksAsync(verb, "/sessions");
            return (answer.Status, answer["WWW-Authenticate"]);
        }
    }

    [Fact]
    public async Task One_session_too_many_ends_the_accounts_own_that_was_not_used_for_longest()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));
        await using var server = await TestServer.StartAsync(clock: clock);
        var kari = new Browser(server);
        await kari.SignsInAsync("KariHensien@adatum.com");
        var idle = await SignsInAsync(server);
        var busy = await SignsInAsync(server);
        for (var i = 2; i < StoredSessions.MaxPerAccount; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(6));
            await SignsInAsync(server);
        }
        await busy.AsksWhoWatchesJoAsync();

        await SignsInAsync(server);

        Assert.Equal(401, (await idle.AsksWhoWatchesJoAsync()).Status);
        Assert.Equal(200, (await busy.AsksWhoWatchesJoAsync()).Status);
        Assert.Equal(StoredSessions.MaxPerAccount, (await ListAsync(busy)).Count);
        Assert.Single(await ListAsync(kari));
    }

    private static async Task<Browser> SignsInAsync(TestServer server, string userAgent = "")
    {
        var browser = new Browser(server);
        Assert.Equal(200, (await browser.SignsInAsync(signs: Browser.OwnPage + userAgent)).Status);
        return browser;
    }

    private static async Task<IReadOnlyList<JsonElement>> ListAsync(Browser browser) =>
        [.. JsonDocument.Parse((await browser.AsksAsync("GET", "/sessions")).Body).RootElement.GetProperty("sessions").EnumerateArray()];

    private static string Text(JsonElement session, string name) => session.GetProperty(name).GetString()!;
}
