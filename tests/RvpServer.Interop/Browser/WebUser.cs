using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>
/// Somebody with the web client, who does and sees what is on the screen. By default at the IM domain over plain http, where browsers withhold
/// Web Locks, Sec-Fetch-Site and notifications; at localhost they do not.
/// </summary>
internal sealed class WebUser : IAsyncDisposable
{
    private readonly int port;
    private readonly string host;
    private readonly string mailDomain;
    // Answers that the page expects; and of a certificate that nobody has signed no browser installs a worker.
    private static readonly string[] Harmless = ["Failed to load resource", "An SSL certificate error occurred when fetching the script"];

    private readonly List<string> mistakes = [];

    private WebUser(int port, IBrowserContext context, IPage page, string name, string host, string mailDomain)
    {
        this.port = port;
        this.host = host;
        this.mailDomain = mailDomain;
        Context = context;
        Page = page;
        Name = name;
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    public string Name { get; }

    /// <summary>What the page's scripts got wrong: exceptions, and what the content security policy forbade.</summary>
    public IReadOnlyList<string> Mistakes => mistakes;

    /// <summary>Opens the sign-in box; with a clock that the test moves, if it wants one.</summary>
    public static Task<WebUser> OpensAsync(
        Chrome chrome, TestServer server, string name, string? device = null, ColorScheme scheme = ColorScheme.Light, string host = "im.adatum.com",
        string mailDomain = "adatum.com", bool withClock = false) =>
        OpensAsync(chrome, server.Port, name, device, scheme, host, mailDomain, withClock);

    /// <summary>Signs in at a server that is its own IM domain and mail domain.</summary>
    public static async Task<WebUser> SignsInAtAsync(Chrome chrome, string host, string name, string password)
    {
        var user = await OpensAsync(chrome, 80, name, null, ColorScheme.Light, host, host, withClock: false);
        await user.TypesCredentials(password);
        await user.IsConnected();
        return user;
    }

    private static async Task<WebUser> OpensAsync(
        Chrome chrome, int port, string name, string? device, ColorScheme scheme, string host, string mailDomain, bool withClock)
    {
        var context = await chrome.NewContextAsync(device, scheme);
        var user = new WebUser(port, context, await context.NewPageAsync(), name, host, mailDomain);
        user.Listen(user.Page);
        if (withClock) await user.Page.Clock.InstallAsync();
        await user.Page.GotoAsync(user.Url);
        return user;
    }

    public static async Task<WebUser> SignsInAsync(
        Chrome chrome, TestServer server, string name, string? device = null, ColorScheme scheme = ColorScheme.Light, string host = "im.adatum.com",
        string mailDomain = "adatum.com")
    {
        var user = await OpensAsync(chrome, server, name, device, scheme, host, mailDomain);
        await user.TypesCredentials();
        await user.IsConnected();
        return user;
    }

    public string Url => $"http://{host}:{port}/";

    /// <summary>Another tab of the same browser.</summary>
    public async Task<IPage> OpensTab()
    {
        var tab = await Context.NewPageAsync();
        Listen(tab);
        await tab.GotoAsync(Url);
        return tab;
    }

    public async Task TypesCredentials(string password = TestServer.Password)
    {
        await Page.GetByLabel("Address").FillAsync(Name + "@" + mailDomain);
        await Page.GetByLabel("Password").FillAsync(password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>What one shows oneself as, at the button.</summary>
    public ILocator OwnPresence => Page.Locator(".me .presence").First;

    /// <summary>Waits until the connection with the server stands and everybody sees so.</summary>
    public async Task IsConnected()
    {
        await Expect(Page.Locator(".me .presence:not([data-state=offline], [data-state=unknown])")).ToHaveCountAsync(1);
        await Expect(Page.Locator(".connection")).ToBeHiddenAsync();
    }

    public async Task Adds(string address)
    {
        await Page.Locator(".roster-foot button").ClickAsync();
        await Page.GetByLabel("Address").FillAsync(address);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Add", Exact = true }).ClickAsync();
        await Expect(Page.Locator("dialog")).ToHaveCountAsync(0);
    }

    public Task Sees(string person, string state) => Expect(Entry(person).Locator(".state")).ToHaveTextAsync(state);

    /// <summary>Does something in the menu of the conversation that is open.</summary>
    public async Task Does(string menuItem)
    {
        await Page.Locator(".chat-actions summary").ClickAsync();
        await Page.Locator(".chat-actions .menu").GetByText(menuItem, new() { Exact = true }).ClickAsync();
    }

    /// <summary>Somebody on the left, by name or by what strangers say of themselves.</summary>
    public ILocator Entry(string person) => Page.Locator(".entry", new() { HasText = person });

    public Task Opens(string person) => Entry(person).ClickAsync();

    public async Task Says(string text)
    {
        await Box.FillAsync(text);
        // Also where Enter makes a new line.
        await Box.PressAsync("Control+Enter");
    }

    public ILocator Box => Page.Locator("#box");

    public ILocator Texts => Page.Locator(".log .text");

    public Task Hears(string text) => Expect(Texts.Last).ToHaveTextAsync(text);

    /// <summary>Everything that was said has been taken by the other side.</summary>
    public async Task HasDeliveredAll()
    {
        await Expect(Page.Locator(".mine:not([data-status=sent])")).ToHaveCountAsync(0);
        await Expect(Page.Locator(".mine")).Not.ToHaveCountAsync(0);
    }

    public async Task Chooses(string menuItem)
    {
        await Page.Locator(".me summary").ClickAsync();
        await Page.Locator(".me .menu").GetByText(menuItem).ClickAsync();
    }

    /// <summary>A part of the settings, which are opened where they are not.</summary>
    public async Task<ILocator> Settings(string part)
    {
        if (await Page.Locator(".settings").CountAsync() == 0) await Chooses("Settings");
        return Page.Locator($".settings section[aria-label='{part}']");
    }

    /// <summary>A dialog of the menu.</summary>
    public ILocator Dialog => Page.Locator("dialog");

    public Task SetsStatus(string label) => SetsStatus(Page, label);

    /// <summary>The same in one of several tabs.</summary>
    public static async Task SetsStatus(IPage page, string label)
    {
        await page.Locator("#status").ClickAsync();
        await page.Locator(".popup").GetByRole(AriaRole.Button, new() { Name = label, Exact = true }).ClickAsync();
        await Expect(page.Locator(".popup")).ToHaveCountAsync(0);
    }

    public async ValueTask DisposeAsync() => await Context.CloseAsync();

    private void Listen(IPage page)
    {
        page.PageError += (_, error) => mistakes.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !Harmless.Any(text => message.Text.StartsWith(text, StringComparison.Ordinal))) mistakes.Add(message.Text);
        };
    }
}
