using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

public sealed class ChatTests(Chrome chrome) : IClassFixture<Chrome>
{
    [Fact]
    public async Task Two_people_find_each_other_and_talk()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");

        await jo.Adds("karihensien@adatum.com");
        await jo.Says("Let's have lunch");

        await kari.Opens("Jo Brown");
        await kari.Hears("Let's have lunch");
        await Expect(kari.Page.Locator(".stranger")).ToBeVisibleAsync();
        await kari.Page.GetByRole(AriaRole.Button, new() { Name = "Add to contacts" }).ClickAsync();
        await kari.Sees("Jo Brown", "Online");
        await kari.Says("At noon?");
        await jo.Hears("At noon?");
        await Expect(jo.Page.Locator("[data-status=failed]")).ToHaveCountAsync(0);
        Assert.Empty(jo.Mistakes);
        Assert.Empty(kari.Mistakes);
    }
}
