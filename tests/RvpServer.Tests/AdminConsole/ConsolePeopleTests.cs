using System.Net.Http.Headers;
using System.Text;
using Rvp.Testing;
using RvpServer.Administration;
using RvpServer.Tests.Administration;

namespace RvpServer.Tests.AdminConsole;

public sealed class ConsolePeopleTests
{
    private const string Jo = "/people/JoBrown%40adatum.com?domain=im.adatum.com";

    [Fact]
    public async Task A_person_is_enabled_in_two_steps()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "administrator-adatum@adatum.com");

        var summary = await browser.GetsAsync("/people/enable?step=2&address=NewPerson@adatum.com&display=New+Person");
        var made = await browser.SendsAsync(
            "/people/enable?step=2&address=NewPerson@adatum.com", "/people/enable", [("address", "NewPerson@adatum.com"), ("display", "New Person")]);

        Assert.Contains("http://im.adatum.com/instmsg/aliases/NewPerson", summary.Html, StringComparison.Ordinal);
        Assert.Contains("<bdi>NewPerson@adatum.com</bdi> is enabled.", made.Html, StringComparison.Ordinal);
        var password = System.Text.RegularExpressions.Regex.Match(made.Html, "<dt>Password</dt><dd><code>(\\w{16})</code>").Groups[1].Value;
        await Administrators.MakeAsync(server.Server, "NewPerson@adatum.com", AdminRole.ViewOnly);
        using var somebody = await ConsoleBrowser.SignedInAsync(server.Server, "NewPerson@adatum.com", password);
    }

    [Theory]
    [InlineData("JoBrown@adatum.com", "Jo Brown has an account: JoBrown@adatum.com.")]
    [InlineData("nobody", "The address is no IM address: write it as JoBrown@adatum.com.")]
    [InlineData("x@elsewhere.example", "The mail domain elsewhere.example stands for no IM domain")]
    public async Task What_cannot_be_enabled_is_said_in_the_first_step(string address, string reason)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");

        var answer = await browser.GetsAsync("/people/enable?step=2&address=" + address);

        Assert.StartsWith(reason, answer.Wrong, StringComparison.Ordinal);
        Assert.Contains("Step 1 of 2", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_is_disabled_renamed_and_moved_on_its_page()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "administrator-adatum@adatum.com");

        Assert.Equal("JoBrown@adatum.com is disabled.", (await Does("Enabled", ("enabled", "false"))).Told);
        Assert.Equal("JoBrown@adatum.com is enabled.", (await Does("Enabled", ("enabled", "true"))).Told);
        Assert.Equal("jo@adatum.com is an address of Jo Brown now.", (await Does("AddAlias", ("alias", "jo@adatum.com"))).Told);
        Assert.Equal("jo@adatum.com is no address of Jo Brown any more.", (await Does("RemoveAlias", ("alias", "jo@adatum.com"))).Told);
        Assert.StartsWith("The new password of JoBrown@adatum.com is ", (await Does("Password", ("password", ""))).Told, StringComparison.Ordinal);
        Assert.Equal("Nothing was deleted: type JoBrown@adatum.com to be sure.", (await Does("Remove", ("confirmed", "jo"))).Wrong);
        Assert.Equal("JoBrown@adatum.com is deleted.", (await Does("Remove", ("confirmed", "jobrown@adatum.com"))).Told);
        Assert.Equal(404, (await browser.GetsAsync(Jo)).Status);
        Assert.Equal(
            ["account.remove", "account.password", "account.alias", "account.alias", "account.enable", "account.disable"],
            (await server.AuditAsync("JoBrown@adatum.com")).Select(entry => entry.Action));

        async Task<ConsoleAnswer> Does(string handler, (string, string) field) => await browser.DoesAsync(
            Jo, $"{Jo}&handler={handler}", field, ("version", ConsoleBrowser.FieldIn((await browser.GetsAsync(Jo)).Html, "version")));
    }

    [Fact]
    public async Task Who_has_an_old_page_is_told_what_somebody_else_did()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var first = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");
        using var second = await ConsoleBrowser.SignedInAsync(server.Server, "administrator-adatum@adatum.com");
        var version = ConsoleBrowser.FieldIn((await second.GetsAsync(Jo)).Html, "version");
        await first.DoesAsync(Jo, Jo + "&handler=Enabled", ("enabled", "false"), ("version", version));

        var late = await second.DoesAsync(Jo, Jo + "&handler=Password", ("password", "Pass-Word-2"), ("version", version));

        Assert.StartsWith(
            "The account has changed since you read it: account.disable by full-all@adatum.com", late.Wrong, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("view-all", "im.adatum.com", "JoBrown@adatum.com")]
    [InlineData("view-adatum", "im.adatum.com", "JoBrown@adatum.com")]
    [InlineData("full-contoso", "im.adatum.com", "JoBrown@adatum.com")]
    [InlineData("administrator-adatum", "im.contoso.com", "KariHensien@contoso.com")]
    [InlineData("administrator-adatum", "im.adatum.com", "full-all@adatum.com")]
    public async Task Whose_role_does_not_reach_may_change_nothing_however_the_form_is_sent(string who, string domain, string address)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, who + "@adatum.com");
        var page = $"/people/{Uri.EscapeDataString(address)}?domain={domain}";

        // Who is signed out keeps what he has: that may be done to people of a higher role too.
        string[] handlers = ["Enabled", "Password", "AddAlias", "Move", "Remove", .. address == "full-all@adatum.com" ? [] : new[] { "SignOutAll" }];
        foreach (var handler in handlers)
        {
            // Any page of theirs has a token.
            var answer = await browser.SendsAsync(
                "/administrators", $"{page}&handler={handler}",
                [
                    ("enabled", "false"), ("password", "Pass-Word-2"), ("alias", "x@adatum.com"), ("home", "imhomeserver1"), ("confirmed", address),
                    ("version", ""),
                ]);

            Assert.Equal((handler, 403), (handler, answer.Status));
        }

        Assert.DoesNotContain(await server.AuditAsync(), entry => entry.Outcome == AuditOutcome.Done
            && entry.Action.StartsWith("account.", StringComparison.Ordinal));
        Assert.Contains(await server.AuditAsync(), entry => entry is { Action: "console", Outcome: AuditOutcome.Refused });
    }

    [Fact]
    public async Task An_administrator_of_one_domain_finds_its_people_alone()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "view-adatum@adatum.com");

        var all = await browser.GetsAsync("/people");

        Assert.Contains("Jo Brown", all.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Kari Hensien", all.Html, StringComparison.Ordinal);
        Assert.Equal(403, (await browser.GetsAsync("/people?domain=im.contoso.com")).Status);
        Assert.Equal(403, (await browser.GetsAsync("/people/KariHensien%40contoso.com")).Status);
        Assert.DoesNotContain("contoso", (await browser.GetsAsync("/servers")).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\u202eevil \u2066x")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    public async Task Hostile_names_stay_text(string name)
    {
        await using var server = await TestServer.StartAsync(accounts: [new("JoBrown@adatum.com", "Jo Brown"), new("x@adatum.com", name)]);
        await Administrators.MakeAsync(server, "JoBrown@adatum.com");
        using var browser = await ConsoleBrowser.SignedInAsync(server, "JoBrown@adatum.com");

        foreach (var page in new[] { "/people", "/people?q=" + Uri.EscapeDataString(name), "/people/x%40adatum.com", "/audit" })
        {
            var html = (await browser.GetsAsync(page)).Html;

            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
            Assert.DoesNotContain(">\u202e", html.Replace("<bdi class=\"name\">", "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_is_shown_first_and_then_enabled_in_the_background()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");

        var planned = await UploadAsync(browser, "address,display,password\nNewPerson@adatum.com,New Person,Pass-Word-1\nx@contoso.com,X,Pass-Word-1\n");
        var preview = await browser.GetsAsync(planned.Location!);
        Assert.Contains("2 accounts will be enabled", preview.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("Pass-Word-1", preview.Html, StringComparison.Ordinal);
        using var other = await ConsoleBrowser.SignedInAsync(server.Server, "administrator-all@adatum.com");
        Assert.Equal(404, (await other.GetsAsync(planned.Location!)).Status);
        await browser.SendsAsync(planned.Location!, planned.Location!, []);
        var page = preview;
        await Deadline.Until(async () => (page = await browser.GetsAsync(planned.Location!)).Told.Length > 0, "the job's result", () => page.Html);

        Assert.Equal("2 accounts are enabled.", page.Told);
        Assert.Contains("New Person", (await browser.GetsAsync("/people?q=new+p")).Html, StringComparison.Ordinal);
        Assert.Equal(["account.import", "account.import"], (await server.AuditAsync()).Where(e => e.Action == "account.import").Select(e => e.Action));
    }

    [Theory]
    [InlineData("", "Line 1: the file is empty; it begins with the header address,display,home,password.")]
    [InlineData("address,password\n", "The file has a header and nobody below it.")]
    [InlineData("address,password\nnobody,Pass-Word-1\n", "Line 2: \"nobody\" is no IM address.")]
    [InlineData("address,password,x\n", "Line 1: the header has an unknown column \"x\"; columns are address, display, home, password, person.")]
    public async Task A_bad_file_is_refused_with_its_line(string csv, string reason)
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");

        Assert.Equal((200, reason), (await UploadAsync(browser, csv)) is var answer ? (answer.Status, answer.Wrong) : default);
    }

    [Fact]
    public async Task Roles_are_given_and_taken_and_the_last_full_administrator_stays()
    {
        await using var server = await AdministeredServer.StartAsync();
        using var browser = await ConsoleBrowser.SignedInAsync(server.Server, "full-all@adatum.com");
        const string page = "/administrators";

        var given = await browser.DoesAsync(page, page + "?handler=Grant", ("name", "JoBrown@adatum.com"), ("role", "view"), ("domain", "im.adatum.com"));
        var taken = await browser.DoesAsync(page, page + "?handler=Revoke", ("kind", "Account"), ("name", "JoBrown@adatum.com"), ("domain", "im.adatum.com"));
        var last = await browser.DoesAsync(page, page + "?handler=Revoke", ("kind", "Account"), ("name", "full-all@adatum.com"), ("domain", ""));
        using var lesser = await ConsoleBrowser.SignedInAsync(server.Server, "administrator-all@adatum.com");
        var refused = await lesser.SendsAsync(page, page + "?handler=Grant", [("name", "administrator-all@adatum.com"), ("role", "full"), ("domain", "")]);

        Assert.Equal("JoBrown@adatum.com is View Only for im.adatum.com.", given.Told);
        Assert.Equal("JoBrown@adatum.com is no View Only for im.adatum.com any more.", taken.Told);
        Assert.StartsWith("full-all@adatum.com is the last Full Administrator", last.Wrong, StringComparison.Ordinal);
        Assert.Equal(403, refused.Status);
    }

    private static async Task<ConsoleAnswer> UploadAsync(ConsoleBrowser browser, string csv)
    {
        var file = new ByteArrayContent(Encoding.UTF8.GetBytes(csv));
        file.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var form = new MultipartFormDataContent
        {
            { new StringContent(ConsoleBrowser.TokenIn((await browser.GetsAsync("/people/import")).Html)), "form" },
            { file, "file", "people.csv" },
        };
        return await browser.PostsAsync("/people/import?handler=File", form);
    }
}
