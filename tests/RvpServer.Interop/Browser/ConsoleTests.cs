using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>The console for administrators, from the first start on.</summary>
[Collection(Chrome.Name)]
public sealed class ConsoleTests(Chrome chrome)
{
    [Fact]
    public Task Every_page_works_and_is_accessible() => VisitAsync(null, Flawless.IsByDayAsync);

    // What is accessible does not depend on the width.
    [Fact]
    public Task Every_page_works_and_fits_on_a_telephone() => VisitAsync("Pixel 7", Flawless.FitsAsync);

    [Fact]
    public async Task The_keyboard_alone_signs_in_and_finds_somebody()
    {
        await using var server = await TestServer.StartAsync();
        await Administrators.MakeAsync(server, "JoBrown@adatum.com");
        await using var context = await chrome.NewContextAsync();
        var page = await context.NewPageAsync();

        await page.GotoAsync(Url(server, "/people"));
        await Expect(page.GetByLabel("IM address")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("JoBrown@adatum.com");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(TestServer.Password);
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "People" })).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Skip to the page" })).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("kari");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Rowheader)).ToHaveTextAsync("Kari Hensien");
    }

    [Fact]
    public async Task The_self_test_is_one_button()
    {
        await using var server = await TestServer.StartAsync();
        await Administrators.MakeAsync(server, "JoBrown@adatum.com");
        await using var context = await chrome.NewContextAsync();
        var page = await context.NewPageAsync();

        await page.GotoAsync(Url(server, "/selftest"));
        await page.GetByLabel("IM address").FillAsync("JoBrown@adatum.com");
        await page.GetByLabel("Password").FillAsync(TestServer.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run the self-test" }).ClickAsync();

        await Expect(page.GetByText("All is well.")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Flawless.IsAsync(page, "self-test");
    }

    private async Task VisitAsync(string? device, Func<IPage, string, Task> look)
    {
        var log = new LogCollector();
        await using var server = await TestServer.StartAsync(accounts: [], replace: log.Into);
        await using var context = await chrome.NewContextAsync(device);
        var page = await context.NewPageAsync();
        var mistakes = new List<string>();
        page.PageError += (_, error) => mistakes.Add(error);
        page.Console += (_, message) =>
        {
            // The browser itself says that a page was refused.
            if (message.Type == "error" && !message.Text.Contains("404", StringComparison.Ordinal)) mistakes.Add(message.Text);
        };

        await page.GotoAsync(Url(server, Administrators.FirstLinkIn(log)));
        await look(page, "first administrator");
        await page.GetByLabel("IM address").FillAsync("JoBrown@adatum.com");
        await page.GetByLabel("Name, for a new account").FillAsync("Jo Brown");
        await page.GetByLabel("Password").FillAsync(TestServer.Password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Become administrator" }).ClickAsync();
        await Expect(page.Locator("[data-value=rvp_requests_total]")).Not.ToHaveTextAsync("–");
        await (device is null ? Flawless.IsAsync(page, "overview") : look(page, "overview"));

        await GoesToAsync(page, "People", device);
        await look(page, "people");
        await page.GetByRole(AriaRole.Link, new() { Name = "Enable somebody" }).ClickAsync();
        await page.GetByLabel("IM address").FillAsync("KariHensien@adatum.com");
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync("Kari Hensien");
        await look(page, "enable, who");
        await page.GetByRole(AriaRole.Button, new() { Name = "Next" }).ClickAsync();
        await look(page, "enable, summary");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enable" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("KariHensien@adatum.com is enabled.");
        await look(page, "enabled");
        await page.GetByRole(AriaRole.Link, new() { Name = "To the account" }).ClickAsync();
        await (device is null ? Flawless.IsAsync(page, "person") : look(page, "person"));
        await page.GetByRole(AriaRole.Button, new() { Name = "Disable" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync("KariHensien@adatum.com is disabled.");
        await look(page, "person, disabled");

        await page.GotoAsync(Url(server, "/people/import"));
        await look(page, "import");
        await page.GetByLabel("CSV file").SetInputFilesAsync(new FilePayload
        {
            Name = "people.csv",
            MimeType = "text/csv",
            Buffer = "address,display,password\nDonHall@adatum.com,Don Hall,Pass-Word-1\n"u8.ToArray(),
        });
        await page.GetByRole(AriaRole.Button, new() { Name = "Preview" }).ClickAsync();
        await look(page, "import, preview");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enable 1 account" }).ClickAsync();
        await Expect(page.Locator(".told")).ToHaveTextAsync("1 accounts are enabled.");

        foreach (var (name, has) in new[]
        {
            ("Virtual servers", "imhomeserver1"), ("Directory", "answers"), ("DNS", "_rvp._tcp"), ("Other organisations", "Nothing"),
            ("Certificates", "no https listener"), ("Log", "The last"), ("Backup", "Download"), ("Administrators", "JoBrown@adatum.com"),
            ("Audit log", "account.disable"),
        })
        {
            await GoesToAsync(page, name, device);
            await Expect(page.Locator("main")).ToContainTextAsync(has);
            await look(page, name);
        }
        await page.GotoAsync(Url(server, "/nothing"));
        await look(page, "problem");
        Assert.Empty(mistakes);
    }

    private static async Task GoesToAsync(IPage page, string name, string? device)
    {
        if (device is not null) await page.GetByText("Menu", new() { Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(name);
    }

    private static string Url(TestServer server, string path) => $"http://127.0.0.1:{server.AdminPort}{path}";
}
