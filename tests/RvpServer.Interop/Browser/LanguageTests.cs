using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>The page in the browser's language.</summary>
[Collection(Chrome.Name)]
public sealed class LanguageTests(Chrome chrome)
{
    [Theory]
    [InlineData("de-AT", "Anmelden", "Mein Status", "Kontakt hinzufügen")]
    [InlineData("es-MX", "Iniciar sesión", "Mi estado", "Añadir un contacto")]
    [InlineData("ja", "サインイン", "自分の状態", "連絡先を追加")]
    [InlineData("ar-EG", "تسجيل الدخول", "حالتي", "إضافة جهة اتصال")]
    public async Task A_browser_is_spoken_to_in_its_language(string locale, string signIn, string status, string add)
    {
        await using var server = await TestServer.StartAsync();
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await kari.Adds("JoBrown@adatum.com");
        await using var context = await chrome.NewContextAsync(locale: locale);
        var page = await context.NewPageAsync();
        await page.GotoAsync(kari.Url);

        await page.Locator("#address").FillAsync("JoBrown@adatum.com");
        await page.Locator("#password").FillAsync(TestServer.Password);
        await Flawless.IsAsync(page, "sign-in box in " + locale);
        await page.GetByRole(AriaRole.Button, new() { Name = signIn, Exact = true }).ClickAsync();

        await Expect(page.Locator("#status")).ToHaveAccessibleNameAsync(new Regex("^" + status));
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = add, Exact = true }).First).ToBeVisibleAsync();
        Assert.Equal(locale.Split('-')[0], await page.EvaluateAsync<string>("() => document.documentElement.lang"));
        await kari.Sees("Jo Brown", "Online");
        await kari.Says("Hello, مرحبا");
        await page.Locator(".entry").ClickAsync();
        await Expect(page.Locator(".log .theirs")).ToHaveCountAsync(1);
        await Flawless.IsAsync(page, "conversation in " + locale);
        await page.SetViewportSizeAsync(320, 640);
        await Flawless.FitsAsync(page, "conversation in " + locale);
    }
}
