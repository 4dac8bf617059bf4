using RvpServer.Administration;

namespace RvpServer.Tests.Administration;

public sealed class AuditTests
{
    [Fact]
    public async Task Each_change_has_one_entry_with_the_values_before_and_after_and_no_secret()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");

        await full.Asks("POST", "/accounts", """{"address":"new@adatum.com","displayName":"New","password":"Secret-Word-1"}""");
        await full.Asks("PUT", "/accounts/new@adatum.com/state", """{"enabled":false}""");
        await full.Asks("PUT", "/accounts/new@adatum.com/password", """{"password":"Secret-Word-2"}""");
        await full.Asks("PUT", "/accounts/new@adatum.com/aliases/newer@adatum.com");
        await full.Asks("PUT", "/accounts/new@adatum.com/home", """{"home":"imhomeserver1"}""");
        await full.Asks("PUT", "/administrators", """{"address":"new@adatum.com","role":"view","domain":"im.adatum.com"}""");
        await full.Asks("DELETE", "/accounts/new@adatum.com/signins");
        await full.Asks("DELETE", "/accounts/new@adatum.com");

        var entries = (await server.AuditAsync("new@adatum.com")).Reverse().ToList();
        Assert.Equal(
            [
                """account.add  {"domain":"im.adatum.com","displayName":"New","home":"imhomeserver1","person":null}""",
                """account.disable {"enabled":true} {"enabled":false}""",
                "account.password  ",
                """account.alias {"addresses":["new@adatum.com"]} {"addresses":["new@adatum.com","newer@adatum.com"]}""",
                """account.move {"home":"imhomeserver1"} {"home":"imhomeserver1"}""",
                """role.grant  {"role":"view"}""",
                """account.signout {"signIns":"all"} """,
                """account.remove {"displayName":"New","addresses":["new@adatum.com","newer@adatum.com"],"home":"imhomeserver1","enabled":false} """,
            ],
            entries.Select(entry => $"{entry.Action} {entry.Before} {entry.After}"));
        Assert.All(entries, entry => Assert.Equal(
            ("full-all@adatum.com", "127.0.0.1", "im.adatum.com", AuditOutcome.Done), (entry.Who, entry.Source, entry.Domain, entry.Outcome)));
        Assert.All(entries, entry => Assert.DoesNotContain("Secret-Word", $"{entry.Before}{entry.After}{entry.Reason}", StringComparison.Ordinal));
        Assert.True(entries.Zip(entries.Skip(1)).All(pair => pair.First.Id < pair.Second.Id));
    }

    [Fact]
    public async Task What_was_not_changed_has_no_entry()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");

        var again = await full.Asks("POST", "/accounts", """{"address":"JoBrown@adatum.com","password":"Pass-Word-1"}""");
        var weak = await full.Asks("PUT", "/accounts/JoBrown@adatum.com/password", """{"password":"short"}""");

        Assert.Equal((422, "JoBrown@adatum.com has an account already."), (again.Status, again.Detail));
        Assert.Equal((422, "The password is shorter than 8 characters."), (weak.Status, weak.Detail));
        Assert.Empty(await server.AuditAsync("JoBrown@adatum.com"));
    }

    [Fact]
    public async Task Refused_attempts_are_noted_and_somebody_who_only_makes_such_fills_nothing()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var viewer = server.User("view-all");

        for (var i = 0; i < 50; i++) Assert.Equal(403, (await viewer.Asks("DELETE", "/accounts/JoBrown@adatum.com")).Status);

        var refused = (await server.AuditAsync()).Where(entry => entry.Outcome == AuditOutcome.Refused).ToList();
        Assert.InRange(refused.Count, 1, 21);
        Assert.All(refused, entry => Assert.Equal(
            ("view-all@adatum.com", "DELETE /api/v1/accounts/JoBrown@adatum.com", "This needs the role Administrator for im.adatum.com."),
            (entry.Who, entry.Target, entry.Reason)));
    }

    [Fact]
    public async Task An_import_is_one_entry_and_one_that_fails_is_none()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        static string Row(string address) => $$"""{"address":"{{address}}","password":"Pass-Word-1"}""" + "\n";

        var done = await full.Asks("POST", "/accounts/import", Row("a@adatum.com") + Row("b@adatum.com"), "application/x-ndjson");
        var failed = await full.Asks("POST", "/accounts/import", Row("c@adatum.com") + Row("a@adatum.com"), "application/x-ndjson");

        Assert.Equal((200, 2), (done.Status, (int)done.Json!["imported"]!));
        Assert.Equal(422, failed.Status);
        Assert.StartsWith("Line 2: a@adatum.com has an account already.", failed.Detail, StringComparison.Ordinal);
        Assert.Equal(404, (await full.Gets("/accounts/c@adatum.com")).Status);
        Assert.Equal("2 accounts", Assert.Single(await server.AuditAsync(), entry => entry.Action == "account.import").Target);
    }

    [Fact]
    public async Task The_log_is_read_in_parts_and_by_who()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var full = server.User("full-all");
        for (var i = 0; i < 5; i++) await full.Asks("PUT", "/accounts/JoBrown@adatum.com/state", $$"""{"enabled":{{(i % 2 == 0 ? "false" : "true")}}}""");

        var first = (await full.Gets("/audit?max=2&who=FULL-ALL")).Json!.AsArray();
        var second = (await full.Gets($"/audit?max=10&who=full-all&before={(long)first[^1]!["id"]!}")).Json!.AsArray();

        Assert.Equal([2, 3], [first.Count, second.Count]);
        Assert.Empty((await full.Gets("/audit?since=2100-01-01")).Json!.AsArray());
        Assert.Equal(400, (await full.Gets("/audit?since=tomorrow")).Status);
    }

    [Fact]
    public async Task The_log_survives_a_restart()
    {
        await using var server = await AdministeredServer.StartAsync();
        using (var root = ApiUser.AtSocket(server.Server, "jo")) await root.Asks("PUT", "/accounts/DonHall@adatum.com/state", """{"enabled":false}""");
        await server.Server.StopAsync();
        await server.Server.StartAgainAsync();

        var entry = Assert.Single(await server.AuditAsync("DonHall@adatum.com"));

        Assert.Equal(("operating system user jo", "command line"), (entry.Who, entry.Source));
    }
}
