using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace RvpServer.Interop.Browser;

/// <summary>What every screen must be: accessible by day and by night, as far as axe can tell, and no wider than the window.</summary>
internal static class Flawless
{
    private static readonly string? Pictures = Environment.GetEnvironmentVariable("RVPSERVER_PICTURES");

    /// <summary>Fails if a screen is not; with <c>RVPSERVER_PICTURES</c> set to a folder, also keeps a picture of it.</summary>
    public static async Task IsAsync(IPage page, string screen)
    {
        await IsByDayAsync(page, screen);
        // By night only the colours are others.
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        IsAccessible(screen + ", dark", await page.RunAxe(new AxeRunOptions { RunOnly = new() { Type = "rule", Values = ["color-contrast"] } }));
        await KeepAsync(page, screen + " dark");
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
    }

    /// <summary>The same by day alone: for one more screen that has nothing but what others have.</summary>
    public static async Task IsByDayAsync(IPage page, string screen)
    {
        IsAccessible(screen, await page.RunAxe());
        await FitsAsync(page, screen);
    }

    /// <summary>Fails if a screen is wider than the window.</summary>
    public static async Task FitsAsync(IPage page, string screen)
    {
        await KeepAsync(page, screen);
        Assert.True(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), screen + " is wider than the window");
    }

    private static async Task KeepAsync(IPage page, string screen)
    {
        if (Pictures is null) return;
        var name = $"{page.ViewportSize!.Width} {screen}.png".Replace(' ', '-');
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, name) });
    }

    private static void IsAccessible(string screen, AxeResult result) =>
        Assert.True(result.Violations.Length == 0, $"{screen}: {string.Join("\n", result.Violations.Select(Describe))}");

    private static string Describe(AxeResultItem violation) =>
        $"{violation.Id}: {violation.Help}\n  {string.Join("\n  ", violation.Nodes.Select(node => node.Html))}";
}
