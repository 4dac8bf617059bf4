using System.Globalization;
using Rvp.Testing;
using RvpServer.Http;

namespace RvpServer.Tests.Administration;

public sealed class ApiTests
{
    [Fact]
    public async Task Of_two_administrators_at_one_account_the_second_is_told_what_the_first_did()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var first = server.User("full-all");
        using var second = server.User("administrator-adatum");
        var (tag, other) = ((await first.Gets("/accounts/JoBrown@adatum.com")).Tag!, (await second.Gets("/accounts/JoBrown@adatum.com")).Tag!);

        var done = await first.Asks("PUT", "/accounts/JoBrown@adatum.com/state", """{"enabled":false}""", headers: ("If-Match", tag));
        var late = await second.Asks(
            "PUT", "/accounts/JoBrown@adatum.com/home", """{"home":"im9.example.com","unchecked":true}""", headers: ("If-Match", other));
        var gone = await second.Asks("DELETE", "/accounts/JoBrown@adatum.com", headers: ("If-Match", other));

        Assert.Equal((204, 412, 412), (done.Status, late.Status, gone.Status));
        Assert.Equal(
            "The account has changed since you read it: account.disable by full-all@adatum.com, {\"enabled\":true} became {\"enabled\":false}.", late.Detail);
        Assert.False((bool)late.Json!["current"]!["enabled"]!);
        Assert.Equal("full-all@adatum.com", (string)late.Json["change"]!["who"]!);
        Assert.Equal("imhomeserver1", (string)(await first.Gets("/accounts/JoBrown@adatum.com")).Json!["home"]!);
    }

    [Fact]
    public async Task A_home_server_that_is_nowhere_is_refused_unless_it_is_meant()
    {
        using var dns = ScriptedDns.Start("imhomeserver2.adatum.com 60 A 127.0.0.1");
        await using var server = await AdministeredServer.StartAsync(("Dns:Servers:0", dns.EndPoint.ToString()));
        using var full = server.User("full-all");

        Assert.Equal((422, true, 201, 201), await AsksAsync("POST", "/accounts", "application/json"));
        Assert.Equal((422, true, 200, 200), await AsksAsync("POST", "/accounts/import", "application/x-ndjson"));
        // Without a key nobody moves to another server, whether it is there or not.
        Assert.Equal((422, true, 422, 422), await AsksAsync("PUT", "/accounts/JoBrown@adatum.com/home", "application/json"));

        async Task<(int Nowhere, bool IsSaid, int Unchecked, int Known)> AsksAsync(string method, string path, string type)
        {
            var nowhere = await full.Asks(method, path, Body("a", "imhomeserver9.adatum.com"), type);
            var meant = await full.Asks(method, path, Body("b", "imhomeserver9.adatum.com", ",\"unchecked\":true"), type);
            var known = await full.Asks(method, path, Body("c", "imhomeserver2.adatum.com"), type);
            return (nowhere.Status, nowhere.Detail.Contains("DNS has no address for the home server imhomeserver9.adatum.com. ", StringComparison.Ordinal),
                meant.Status, known.Status);

            string Body(string name, string home, string more = "") => path.EndsWith("/home", StringComparison.Ordinal)
                ? $$"""{"home":"{{home}}"{{more}}}"""
                : $$"""{"address":"{{name}}{{path.Length}}@adatum.com","password":"Pass-Word-1","home":"{{home}}"{{more}}}""";
        }
    }

    [Fact]
    public async Task Many_at_once_with_one_version_are_one_change()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        var tag = (await full.Gets("/accounts/JoBrown@adatum.com")).Tag!;

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => full.Asks(
            "PUT", $"/accounts/JoBrown@adatum.com/aliases/jo{i.ToString(CultureInfo.InvariantCulture)}@adatum.com", headers: ("If-Match", tag))));

        Assert.Equal([204, 412, 412, 412, 412, 412, 412, 412], replies.Select(reply => reply.Status).Order());
        Assert.Single(await server.AuditAsync("JoBrown@adatum.com"));
    }

    [Theory]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/state", """{"enabled":"yes"}""", 400)]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/state", """{"enabled":true,"disabeld":1}""", 400)]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/state", """{}""", 400)]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/state", """{"enabled":""", 400)]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/state", "", 400)]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/state", null, 400)]
    [InlineData("PUT", "/accounts/JoBrown@adatum.com/password", """{"password":null}""", 400)]
    [InlineData("PUT", "/accounts/JoBrown/state", """{"enabled":true}""", 400)]
    [InlineData("GET", "/accounts?max=many", null, 400)]
    [InlineData("GET", "/audit?before=x", null, 400)]
    [InlineData("GET", "/accounts/NoBody@adatum.com", null, 404)]
    [InlineData("GET", "/accounts/JoBrown@adatum.com/nothing", null, 404)]
    [InlineData("PATCH", "/accounts/JoBrown@adatum.com", null, 405)]
    [InlineData("GET", "/accounts/%00@adatum.com", null, 400)]
    [InlineData("PUT", "/administrators", """{"role":"king","address":"JoBrown@adatum.com"}""", 400)]
    [InlineData("PUT", "/administrators", """{"role":"full"}""", 400)]
    [InlineData("PUT", "/administrators", """{"role":"full","group":"cn=im,dc=adatum,dc=com"}""", 422)]
    [InlineData("PUT", "/administrators", """{"role":"full","address":"JoBrown@adatum.com","domain":"im.example.com"}""", 422)]
    [InlineData("POST", "/accounts/import", """{"address":"a@adatum.com"}""", 415)]
    public async Task Bad_input_gets_its_status(string method, string path, string? body, int expected)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");

        var reply = await full.Asks(method, path, body);

        Assert.Equal(expected, reply.Status);
        if (reply.Json is not null) Assert.NotEqual("", reply.Detail);
    }

    [Fact]
    public async Task Bodies_are_bounded_and_of_one_type()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");

        var large = await full.Asks("PUT", "/accounts/JoBrown@adatum.com/password", $$"""{"password":"{{new string('x', 200_000)}}"}""");
        var form = await full.Asks("PUT", "/accounts/JoBrown@adatum.com/state", "enabled=true", "text/plain");

        Assert.Equal((413, 415), (large.Status, form.Status));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>", true)]
    [InlineData("Jo \u202Enworb", true)]
    [InlineData("Jo \"quoted\" \\ 'Brown'", true)]
    [InlineData("Jo\u0000Brown", false)]
    [InlineData("Jo\nBrown", false)]
    public async Task Hostile_display_names_are_text_or_refused(string name, bool isTaken)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        var body = System.Text.Json.JsonSerializer.Serialize(new { address = "new@adatum.com", displayName = name, password = "Pass-Word-1" });

        var reply = await full.Asks("POST", "/accounts", body);

        Assert.Equal(isTaken ? 201 : 422, reply.Status);
        if (isTaken) Assert.Equal(name, (string)(await full.Gets("/accounts/new@adatum.com")).Json!["displayName"]!);
    }

    [Fact]
    public async Task Names_of_ten_kilobytes_are_refused_in_one_line()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        var name = new string('x', 10_000);

        var added = await full.Asks("POST", "/accounts", $$"""{"address":"new@adatum.com","displayName":"{{name}}","password":"Pass-Word-1"}""");
        var named = await full.Asks("POST", "/accounts", $$"""{"address":"{{name}}@adatum.com","password":"Pass-Word-1"}""");
        var searched = await full.Gets("/accounts?search=" + name[..4000]);

        Assert.Equal((422, 400, 200), (added.Status, named.Status, searched.Status));
        Assert.All([added, named], reply => Assert.InRange(reply.Detail.Length, 1, 200));
    }

    [Fact]
    public async Task The_list_comes_in_parts_and_finds_parts_of_names_and_addresses()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        await full.Asks("PUT", "/accounts/JoBrown@adatum.com/aliases/browny_%25@adatum.com");

        var seen = new List<string>();
        string? after = "";
        while (after is not null)
        {
            var part = (await full.Gets($"/accounts?max=3&after={Uri.EscapeDataString(after)}")).Json!;
            seen.AddRange(Addresses(part));
            after = (string?)part["next"];
        }

        Assert.Equal(10, seen.Count);
        Assert.Equal(seen.Distinct(), seen);
        Assert.Equal(["DonHall@adatum.com"], Addresses((await full.Gets("/accounts?search=don%20h")).Json!));
        Assert.Equal(["JoBrown@adatum.com"], Addresses((await full.Gets("/accounts?search=Y_%25%40")).Json!));
        Assert.Empty(Addresses((await full.Gets("/accounts?search=_____________________")).Json!));
        Assert.Equal(["KariHensien@contoso.com"], Addresses((await full.Gets("/accounts?domain=IM.contoso.com")).Json!));

        static IEnumerable<string> Addresses(System.Text.Json.Nodes.JsonNode part) =>
            part["accounts"]!.AsArray().Select(account => (string)account!["address"]!);
    }

    [Fact]
    public async Task Who_is_signed_in_is_shown_and_signed_out()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        await using var jo = server.Server.Person("JoBrown");
        await jo.SignsIn();

        var live = await full.Gets("/accounts/JoBrown@adatum.com/live");
        var id = (string)Assert.Single(live.Json!["signIns"]!.AsArray())!["id"]!;
        Assert.Equal(404, (await full.Asks("DELETE", "/accounts/DonHall@adatum.com/signins/" + id)).Status);
        Assert.Equal(204, (await full.Asks("DELETE", "/accounts/JoBrown@adatum.com/signins/" + id)).Status);
        Assert.Equal(404, (await full.Asks("DELETE", "/accounts/JoBrown@adatum.com/signins/" + id)).Status);

        Assert.Empty((await full.Gets("/accounts/JoBrown@adatum.com/live")).Json!["signIns"]!.AsArray());
        Assert.Equal(0, (int)(await full.Gets("/status")).Json!["signedIn"]!);
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("Sec-Fetch-Site", "cross-site", 403)]
    [InlineData("Host", "evil.example", 421)]
    public async Task Other_sites_pages_get_nothing(string header, string value, int expected)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");

        var reply = await full.Asks("PUT", "/accounts/JoBrown@adatum.com/state", """{"enabled":false}""", headers: (header, value));

        Assert.Equal(expected, reply.Status);
        Assert.True((bool)(await full.Gets("/accounts/JoBrown@adatum.com")).Json!["enabled"]!);
    }

    [Fact]
    public async Task Users_of_RVP_do_not_reach_it()
    {
        await using var server = await TestServer.StartAsync();

        var answer = await server.AskAsync("GET /api/v1/accounts HTTP/1.1\r\nHost: im.adatum.com\r\nConnection: close\r\n\r\n");

        Assert.NotEqual(200, answer.Status);
        Assert.DoesNotContain("problem", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_owner_may_open_the_socket_and_it_goes_with_the_server()
    {
        await using var server = await TestServer.StartAsync();
        var path = AdminSocket.PathIn(server.Folder)!;
        using var root = ApiUser.AtSocket(server, "jo\r\nbrown");

        var reply = await root.Gets("/accounts");

        Assert.Equal(200, reply.Status);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        await server.StopAsync();
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_socket_that_a_killed_server_has_left_is_in_nobodys_way()
    {
        await using var server = await TestServer.StartAsync();
        await server.StopAsync();
        File.WriteAllText(AdminSocket.PathIn(server.Folder)!, "");

        await server.StartAgainAsync();

        using var root = ApiUser.AtSocket(server);
        Assert.Equal(200, (await root.Gets("/accounts")).Status);
    }
}
