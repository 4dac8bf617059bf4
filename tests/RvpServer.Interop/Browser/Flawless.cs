using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace RvpServer.Interop.Browser;

/// <summary>What every screen must be: accessible by day and by night, as far as axe can tell, and no wider than the window.</summary>
internal static class Flawless
{
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RVPSERVER_PICTURES");

    /// <summary>Fails if a screen is not; with <c>RVPSERVER_PICTURES</c> set to a folder, also keeps a picture of it.</summary>
    public static async Task IsAsync(IPage page, string screen)
    {
        await IsByDayAsync(page, screen);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await HasContrastAsync(page, screen + ", dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    /// <summary>Fails if a screen is not to be read where the system sets all colours.</summary>
    public static async Task IsInForcedColorsAsync(IPage page, string screen)
    {
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active, ReducedMotion = ReducedMotion.Reduce });
        await HasContrastAsync(page, screen + ", forced");
        await FitsAsync(page, screen + ", forced");
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.None, ReducedMotion = ReducedMotion.NoPreference });
    }

    /// <summary>The same by day alone: for one more screen that has nothing but what others have.</summary>
    public static async Task IsByDayAsync(IPage page, string screen)
    {
        await HasNoViolationsAsync(page, screen);
        await FitsAsync(page, screen);
    }

    /// <summary>Fails if a screen is wider than the window.</summary>
    public static async Task FitsAsync(IPage page, string screen)
    {
        await KeepAsync(page, screen);
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), screen + " is wider than the window");
    }

    // Only the colours are others.
    private static async Task HasContrastAsync(IPage page, string screen)
    {
        await HasNoViolationsAsync(page, screen, "color-contrast");
        await KeepAsync(page, screen);
    }

    private static async Task KeepAsync(IPage page, string screen)
    {
        if (Pictures is null) return;
        var name = $"{page.ViewportSize!.Width} {screen}.png".Replace(' ', '-');
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, name) });
    }

    // Axe's own package for Playwright brings axe into the page, and into an empty one beside it, for each look: most of the time of these tests.
    private static async Task HasNoViolationsAsync(IPage page, string screen, params string[] rules)
    {
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window")) await page.EvaluateAsync(Axe);
        var violations = await page.EvaluateAsync<string[]>(
            """
            async rules => {
              const { violations } = await axe.run({ resultTypes: ['violations'], ...rules.length && { runOnly: { type: 'rule', values: rules } } });
              return violations.map(({ id, help, nodes }) => [`${id}: ${help}`, ...nodes.map(node => node.html)].join('\n  '));
            }
            """,
            rules);
        Assert.True(violations.Length == 0, $"{screen}: {string.Join("\n", violations)}");
    }
}
