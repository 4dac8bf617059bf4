using Microsoft.Extensions.DependencyInjection;
using Rvp.Testing;
using RvpServer.Directories;
using RvpServer.Storage.Sqlite;

namespace RvpServer.Interop.Ldap;

/// <summary>A whole home server whose people are in a real directory.</summary>
public sealed class LdapHomeServerTests : IAsyncLifetime
{
    private static readonly string[] Ntlm = ["--ntlm"];
    private SlapdServer slapd = null!;

    public async Task InitializeAsync() => slapd = await SlapdServer.StartAsync();

    public async Task DisposeAsync() => await slapd.DisposeAsync();

    [Fact]
    public async Task Jo_signs_in_by_Digest_with_the_password_that_the_directory_holds()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"));
        await using var jo = server.Person("JoBrown");

        Assert.Equal(200, (await jo.SignsIn()).Status);
        Assert.Equal(207, (await jo.SetsState("online")).Status);
        Assert.Equal("ready\n", await ReadyAsync(server));
    }

    [Fact]
    public async Task Jo_signs_in_by_NTLM_with_the_hash_that_the_directory_holds_and_not_by_Digest()
    {
        await using var server = await StartAsync();
        await using var jo = server.Person("JoBrown");

        Assert.Equal("200", await CurlAsync(server, "JoBrown", SlapdServer.PeoplePassword, Ntlm));
        Assert.Equal("401", await CurlAsync(server, "JoBrown", "wrong", Ntlm));
        Assert.Equal(401, (await jo.SignsIn()).Status);
    }

    [Fact]
    public async Task People_are_found_by_name_and_department_and_have_the_directorys_picture()
    {
        await slapd.ChangeAsync($"""
            dn: {SlapdServer.Jo}
            changetype: modify
            add: departmentNumber
            departmentNumber: Sales
            -
            add: jpegPhoto
            jpegPhoto:: /9j/4AAQSkZJRg==

            """);
        await using var server = await StartAsync(
            ("Directory:Ldap:Attributes:Password", "userPassword"), ("Directory:Ldap:Attributes:Department", "departmentNumber"),
            ("Directory:Ldap:Attributes:Picture", "jpegPhoto"));
        await using var jo = server.Person("JoBrown");

        foreach (var match in (string[])["brow", "SALES"])
        {
            var found = await jo.Asks(
                "REPORT", jo.Path, "", $"<p:people-query xmlns:p='urn:rvpserver:people'><p:match>{match}</p:match></p:people-query>");
            Assert.Equal(200, found.Status);
            Assert.Contains($"<d:href>{jo.Url}</d:href><d:displayname>Jo Brown</d:displayname>", found.Body, StringComparison.Ordinal);
            Assert.Contains("<p:department>Sales</p:department>", found.Body, StringComparison.Ordinal);
        }
        var pictures = server.Services.GetRequiredService<Pictures>();
        var account = await server.Services.GetRequiredService<IDirectory>().FindAsync("im.adatum.com", "JoBrown", CancellationToken.None);
        Assert.Equal(Convert.FromBase64String("/9j/4AAQSkZJRg=="), await pictures.FindAsync(account!, CancellationToken.None));
    }

    [Fact]
    public async Task Whoever_is_disabled_in_the_directory_is_out_when_the_cache_forgets()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"));
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();

        await slapd.ChangeAsync($"""
            dn: {SlapdServer.Jo}
            changetype: modify
            delete: msExchIMMetaPhysicalURL
            -
            delete: msExchIMPhysicalURL
            -
            delete: msExchIMAddress

            """);

        await AnswersAsync(async () => (await jo.SetsState("online")).Status, 401);
    }

    [Fact]
    public async Task A_person_made_anew_under_an_old_name_starts_blank()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"));
        await using var jo = server.Person("JoBrown");
        await jo.SignsInToPoll();
        await jo.Asks("PROPPATCH", jo.Path, "",
            $"<d:propertyupdate {Person.Namespaces}><d:set><d:prop><x:note xmlns:x='urn:x'>mine</x:note></d:prop></d:set></d:propertyupdate>");
        Assert.Contains("mine", (await jo.LooksUp(jo, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);

        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: delete\n\n" + slapd.EntryOf(SlapdServer.Jo));

        await AnswersAsync(async () => (await jo.Polls()).Status, 412);
        Assert.DoesNotContain("mine", (await jo.LooksUp(jo, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_who_gets_another_name_keeps_what_belongs_to_it_and_is_found_by_both()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"));
        await using var jo = server.Person("JoBrown");
        await using var again = server.Person("JoMoe");
        await jo.SignsInToPoll();
        await jo.Asks("PROPPATCH", jo.Path, "",
            $"<d:propertyupdate {Person.Namespaces}><d:set><d:prop><x:note xmlns:x='urn:x'>mine</x:note></d:prop></d:set></d:propertyupdate>");

        await slapd.ChangeAsync($"""
            dn: {SlapdServer.Jo}
            changetype: modify
            replace: msExchIMMetaPhysicalURL
            msExchIMMetaPhysicalURL: http://im.adatum.com/instmsg/aliases/JoMoe
            -
            replace: msExchIMPhysicalURL
            msExchIMPhysicalURL: http://imhomeserver1.adatum.com/instmsg/local/im.adatum.com/instmsg/aliases/JoMoe
            -
            add: msExchIMAddress
            msExchIMAddress: JoMoe@adatum.com

            """);

        await AnswersAsync(async () => (await jo.Polls()).Status, 412);
        await AnswersAsync(async () => (await again.SignsInToPoll()).Status, 200);
        Assert.Contains("mine", (await again.LooksUp(again, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
        Assert.Contains("mine", (await again.LooksUp(jo, "<x:note xmlns:x='urn:x'/>")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_password_in_the_directory_ends_sign_ins_when_the_cache_forgets()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"));
        await using var jo = server.Person("JoBrown");
        await using var same = server.Person("JoBrown", password: "Another-Word-2");
        await jo.SignsInToPoll();

        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: userPassword\nuserPassword: Another-Word-2\n");

        await AnswersAsync(async () => (await same.SignsInToPoll()).Status, 200);
        await AnswersAsync(async () => (await same.Asks("POLL", same.Path, $"Subscription-Id: {jo.SignIn}\r\n")).Status, 412);
        Assert.Equal(204, (await same.Polls()).Status);
    }

    [Fact]
    public async Task A_new_password_in_the_directory_works_at_once_and_the_old_one_no_more()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"), ("Directory:Ldap:CacheTtl", "01:00:00"));
        await using var jo = server.Person("JoBrown");
        await using var same = server.Person("JoBrown", password: "Another-Word-2");
        await using var late = server.Person("JoBrown");
        await jo.SignsInToPoll();

        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: userPassword\nuserPassword: Another-Word-2\n");

        Assert.Equal(200, (await same.SignsInToPoll()).Status);
        Assert.Equal(401, (await late.SignsInToPoll()).Status);
        await AnswersAsync(async () => (await same.Asks("POLL", same.Path, $"Subscription-Id: {jo.SignIn}\r\n")).Status, 412);
        Assert.Equal(204, (await same.Polls()).Status);
    }

    [Fact]
    public async Task An_account_that_the_directory_disables_is_out_when_the_cache_forgets_though_its_password_is_there()
    {
        // OpenLDAP has no flags of accounts: another attribute stands in.
        await using var server = await StartAsync(
            ("Directory:Ldap:Attributes:Password", "userPassword"), ("Directory:Ldap:Attributes:AccountControl", "description"));
        await using var jo = server.Person("JoBrown");
        await using var again = server.Person("JoBrown");
        await jo.SignsInToPoll();

        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: description\ndescription: 514\n");

        await AnswersAsync(async () => (await jo.Polls()).Status, 401);
        Assert.Equal(401, (await again.SignsInToPoll()).Status);
    }

    [Fact]
    public async Task Where_only_the_directory_knows_the_password_it_may_say_when_it_was_changed()
    {
        await using var server = await StartAsync(
            ("Directory:Ldap:Attributes:Password", "userPassword"), ("Directory:Ldap:Attributes:PasswordChanged", "description"));
        await using var jo = server.Person("JoBrown");
        await jo.SignsInToPoll();

        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: modify\nreplace: description\ndescription: 20261126080000Z\n");

        await AnswersAsync(async () => (await jo.Polls()).Status, 412);
    }

    [Fact]
    public async Task An_entry_that_is_gone_is_missed_and_a_directory_that_is_down_is_not()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"), ("Directory:Ldap:Timeout", "00:00:03"));
        await using var jo = server.Person("JoBrown");
        await jo.SignsInToPoll();
        await slapd.KillAsync();
        await AnswersAsync(async () => (await jo.Polls()).Status, 204);
        await slapd.RestartAsync();
        await AnswersAsync(async () => (await jo.Polls()).Status, 204);
        Assert.Equal(0, await MissingIn(server));

        await slapd.ChangeAsync($"dn: {SlapdServer.Jo}\nchangetype: delete\n");

        await AnswersAsync(async () => (await jo.Polls()).Status, 401);
        await AnswersAsync(async () => await MissingIn(server), 1);
    }

    [Fact]
    public async Task While_the_directory_is_frozen_known_people_are_served_and_unknown_ones_told_to_come_again()
    {
        await using var server = await StartAsync(("Directory:Ldap:Attributes:Password", "userPassword"), ("Directory:Ldap:Timeout", "00:00:03"));
        await using var jo = server.Person("JoBrown");
        await jo.SignsIn();

        await slapd.FreezeAsync();

        Assert.Equal(207, (await jo.SetsState("busy")).Status);
        var unknown = await jo.Asks("PROPFIND", "/instmsg/aliases/KariHensien", "", "<d:propfind xmlns:d='DAV:'><d:allprop/></d:propfind>");
        Assert.Equal((503, "5"), (unknown.Status, unknown["Retry-After"]));
        Assert.Equal(207, (await jo.SetsState("online")).Status);
        Assert.StartsWith("directory: ", await ReadyAsync(server), StringComparison.Ordinal);

        await slapd.ThawAsync();

        await AnswersAsync(async () => (await jo.Asks(
            "PROPFIND", "/instmsg/aliases/KariHensien", "", "<d:propfind xmlns:d='DAV:'><d:allprop/></d:propfind>")).Status, 404);
        Assert.Equal("ready\n", await ReadyAsync(server));
    }

    [Fact]
    public async Task Where_passwords_go_over_TLS_the_directory_judges_them_itself()
    {
        await using var server = await StartAsync(("Authentication:Schemes:0", "Digest"), ("Authentication:Schemes:1", "Basic"), ("Proxies:0", "127.0.0.1"));

        Assert.Equal("200", await CurlAsync(
            server, "JoBrown", SlapdServer.PeoplePassword, ["--basic", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-For: 127.0.0.9"]));
        Assert.Equal("401", await CurlAsync(server, "JoBrown", "wrong", ["--basic", "-H", "X-Forwarded-Proto: https", "-H", "X-Forwarded-For: 127.0.0.9"]));
        Assert.Equal("401", await CurlAsync(server, "JoBrown", SlapdServer.PeoplePassword, ["--basic"]));
    }

    private static async Task<int> MissingIn(TestServer server)
    {
        await using var connection = SqliteFile.Prepare(Path.Combine(server.Folder, SqliteFile.Name)).Open();
        return (int)SqliteFile.ReadNumber(connection, "SELECT COUNT(*) FROM node_accounts WHERE missing_since IS NOT NULL");
    }

    private async Task<TestServer> StartAsync(params (string Key, string Value)[] further)
    {
        var keys = slapd.Keys();
        foreach (var (key, value) in further) keys[key] = value;
        return await TestServer.StartAsync(keys);
    }

    // Until the cache has forgotten, or the directory is believed to be back.
    private static async Task AnswersAsync(Func<Task<int>> ask, int expected)
    {
        var last = 0;
        var asked = Task.Run(async () =>
        {
            while ((last = await ask()) != expected) await Task.Yield();
        });
        await Deadline.For(asked, $"the answer {expected}", () => $"{last}", TimeSpan.FromSeconds(20));
    }

    private static Task<string> ReadyAsync(TestServer server) =>
        Commands.DoAsync("curl", ["-s", $"http://127.0.0.1:{server.AdminPort}/readyz"]);

    private static Task<string> CurlAsync(TestServer server, string user, string password, IEnumerable<string> options) => Commands.DoAsync(
        "curl",
        [
            "-s", "-o", "/dev/null", "-w", "%{http_code}", "-u", $"{user}:{password}", "-X", "SUBSCRIBE", "-H", "Notification-Type: pragma/notify", "-H",
            "Host: im.adatum.com", .. options,
            $"http://127.0.0.1:{server.Port}/instmsg/aliases/JoBrown",
        ]);
}
