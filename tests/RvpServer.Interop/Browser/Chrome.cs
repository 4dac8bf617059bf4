using Microsoft.Playwright;

namespace RvpServer.Interop.Browser;

/// <summary>
/// Debian's Chromium without windows, one for all tests, which take their turns: it keeps two processors busy by itself. The IM domains lead to this machine,
/// as DNS would have it.
/// </summary>
[CollectionDefinition(Name)]
public sealed class Chrome : IAsyncLifetime, ICollectionFixture<Chrome>
{
    public const string Name = "browser";

    // A test that passes never waits it out; other tests may run beside it.
    private const float Patience = 15_000;

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async Task InitializeAsync()
    {
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = "/usr/bin/chromium-headless-shell",
            Args = ["--no-sandbox", "--host-resolver-rules=MAP im.adatum.com 127.0.0.1, MAP im.contoso.com 127.0.0.1, MAP *.evil.example 127.0.0.1"],
        });
    }

    public async Task DisposeAsync()
    {
        await browser.CloseAsync();
        playwright.Dispose();
    }

    /// <summary>A browser of somebody's own: cookies, storage and connections apart from all others.</summary>
    /// <param name="device">For example Pixel 7; null for a desktop.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="locale">Its language.</param>
    public Task<IBrowserContext> NewContextAsync(string? device = null, ColorScheme scheme = ColorScheme.Light, string locale = "en-GB")
    {
        var options = device is null ? new BrowserNewContextOptions { ViewportSize = new() { Width = 1100, Height = 720 } } : playwright.Devices[device];
        options.ColorScheme = scheme;
        options.Locale = locale;
        // Certificates of tests are signed by nobody.
        options.IgnoreHTTPSErrors = true;
        return browser.NewContextAsync(options);
    }
}
