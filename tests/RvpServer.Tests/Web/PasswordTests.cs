using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Administration;

namespace RvpServer.Tests.Web;

/// <summary>People change their own passwords.</summary>
public sealed class PasswordTests
{
    private const string Json = Browser.OwnPage + "Content-Type: application/json\r\n";

    [Fact]
    public async Task Jo_changes_the_password_and_stays_signed_in_where_it_was_changed()
    {
        await using var server = await TestServer.StartAsync();
        var (here, elsewhere) = (new Browser(server), new Browser(server));
        await here.SignsInAsync();
        await elsewhere.SignsInAsync();

        var changed = await here.AsksAsync("POST", "/session/password", Json, Body(TestServer.Password, "Pass-Word-2"));

        Assert.Equal(204, changed.Status);
        Assert.Equal(200, (await here.AsksWhoWatchesJoAsync()).Status);
        Assert.Equal(401, (await elsewhere.AsksWhoWatchesJoAsync()).Status);
        Assert.Equal(401, (await elsewhere.SignsInAsync()).Status);
        Assert.Equal(200, (await elsewhere.SignsInAsync(password: "Pass-Word-2")).Status);
        var entry = Assert.Single(await server.Services.GetRequiredService<AdminServices>().AuditFor(Administrator.OfOperatingSystem("root"))
            .ReadAsync(new AuditQuery(), CancellationToken.None));
        Assert.Equal(("own.password", "JoBrown@adatum.com", "127.0.0.1", null), (entry.Action, entry.Who, entry.Source, entry.After));
    }

    [Theory]
    [InlineData("Wrong-Word-1", "Pass-Word-2", 401)]
    [InlineData(TestServer.Password, "short", 400)]
    [InlineData(TestServer.Password, TestServer.Password, 400)]
    public async Task What_is_refused_changes_nothing(string old, string wanted, int status)
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var refused = await browser.AsksAsync("POST", "/session/password", Json, Body(old, wanted));

        Assert.Equal(status, refused.Status);
        Assert.Equal(200, (await browser.SignsInAsync()).Status);
    }

    [Theory]
    [InlineData("{}", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("""{"address":"JoBrown@adatum.com","old":"Pass-Word-1","new":"Pass-Word-2","more":1}""", 400)]
    [InlineData("", 400)]
    public async Task What_is_no_form_is_refused(string body, int status)
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(status, (await new Browser(server).AsksAsync("POST", "/session/password", Json, body)).Status);
    }

    [Fact]
    public async Task Another_sites_page_changes_nothing()
    {
        await using var server = await TestServer.StartAsync();
        var browser = new Browser(server);

        var foreign = await browser.AsksAsync(
            "POST", "/session/password", "Origin: http://evil.example\r\nContent-Type: application/json\r\n", Body(TestServer.Password, "Pass-Word-2"));
        var form = await browser.AsksAsync(
            "POST", "/session/password", "Content-Type: text/plain\r\n", Body(TestServer.Password, "Pass-Word-2"));

        Assert.Equal((403, 415), (foreign.Status, form.Status));
        Assert.Equal(200, (await browser.SignsInAsync()).Status);
    }

    private static string Body(string old, string wanted) =>
        JsonSerializer.Serialize(new { address = "JoBrown@adatum.com", old, @new = wanted });
}
