using Microsoft.Playwright;
using Rvp.Testing;
using static Microsoft.Playwright.Assertions;

namespace RvpServer.Interop.Browser;

/// <summary>A page that sleeps, and a network that comes and goes: all is said once, in order.</summary>
[Collection(Chrome.Name)]
public sealed class SleepTests(Chrome chrome)
{
    private static readonly TestAccount[] People =
        [new("JoBrown@adatum.com", "Jo Brown"), new("KariHensien@adatum.com", "Kari Hensien"), new("DonHall@adatum.com", "Don Hall")];

    private static readonly Dictionary<string, string?> Kept = new() { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" };

    [Fact]
    public async Task A_frozen_page_has_everything_when_it_wakes()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        var life = await jo.Context.NewCDPSessionAsync(jo.Page);

        for (var round = 1; round <= 2; round++)
        {
            await SetLife("frozen");
            for (var i = 1; i <= 3; i++) await kari.Says(target, $"{round}.{i}");
            await SetLife("active");
        }

        await Expect(jo.Texts).ToHaveTextAsync(["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]);
        await jo.IsConnected();
        Assert.Empty(jo.Mistakes);

        Task SetLife(string state) => life.SendAsync("Page.setWebLifecycleState", new() { ["state"] = state });
    }

    [Fact]
    public async Task A_computer_that_has_slept_asks_anew_where_its_old_question_is_never_answered()
    {
        await using var server = await TestServer.StartAsync();
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await using var jo = await WebUser.OpensAsync(chrome, server, "JoBrown", withClock: true);
        await jo.TypesCredentials();
        await jo.IsConnected();
        await jo.Adds("KariHensien@adatum.com");
        var isAsleep = true;
        // The connection is gone, and nobody says so.
        await jo.Page.RouteAsync("**/instmsg/**", route => route.Request.Method == "POLL" && isAsleep ? Task.CompletedTask : route.ContinueAsync());
        await kari.Says(target, "One");
        await jo.Hears("One");
        await kari.Says(target, "Two");

        isAsleep = false;
        await jo.Page.Clock.FastForwardAsync("03:00");
        await kari.Says(target, "Three");

        await Expect(jo.Texts).ToHaveTextAsync(["One", "Two", "Three"]);
        await jo.IsConnected();
    }

    [Fact]
    public async Task While_the_network_comes_and_goes_both_write_and_both_have_all_of_it_once()
    {
        await using var server = await TestServer.StartAsync();
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await using var kari = await WebUser.SignsInAsync(chrome, server, "KariHensien");
        await jo.Adds("KariHensien@adatum.com");
        await kari.Adds("JoBrown@adatum.com");

        for (var round = 1; round <= 2; round++)
        {
            await jo.Context.SetOfflineAsync(true);
            for (var i = 1; i <= 2; i++)
            {
                await jo.Says($"Jo {round}.{i}");
                await kari.Says($"Kari {round}.{i}");
            }
            await jo.Context.SetOfflineAsync(false);
            await Expect(Of(kari, "theirs").Last).ToHaveTextAsync($"Jo {round}.2");
        }

        await jo.HasDeliveredAll();
        await Expect(Of(jo, "theirs")).ToHaveTextAsync(["Kari 1.1", "Kari 1.2", "Kari 2.1", "Kari 2.2"]);
        await Expect(Of(kari, "theirs")).ToHaveTextAsync(["Jo 1.1", "Jo 1.2", "Jo 2.1", "Jo 2.2"]);
        await Expect(Of(jo, "mine")).ToHaveTextAsync(["Jo 1.1", "Jo 1.2", "Jo 2.1", "Jo 2.2"]);
        Assert.Empty(jo.Mistakes);

        static ILocator Of(WebUser user, string side) => user.Page.Locator($".log .{side} .text");
    }

    [Fact]
    public async Task What_is_found_among_all_messages_is_shown_where_it_was_said()
    {
        await using var server = await TestServer.StartAsync(Kept, accounts: People);
        await using var target = server.Person("JoBrown");
        await using var kari = server.Person("KariHensien");
        await using var don = server.Person("DonHall");
        for (var i = 0; i < 230; i++) await kari.Says(target, i == 5 ? "The early needle" : i == 225 ? "A later needle" : $"Line {i}");
        await don.Says(target, "No pins here");
        await using var jo = await WebUser.SignsInAsync(chrome, server, "JoBrown");
        await jo.Opens("DonHall");
        var search = jo.Page.Locator("#search");
        var found = jo.Page.Locator("section[aria-label=Messages] .entry");

        await search.FillAsync("needle");
        await Expect(found).ToHaveCountAsync(2);
        await Flawless.IsByDayAsync(jo.Page, "found messages");
        await found.Filter(new() { HasText = "early" }).ClickAsync();
        await Expect(jo.Page.Locator(".found .text")).ToHaveTextAsync("The early needle");
        await Expect(jo.Page.Locator(".found .text")).ToBeInViewportAsync();
        await search.FillAsync("needle");
        await found.Filter(new() { HasText = "later" }).ClickAsync();
        await Expect(jo.Page.Locator(".found .text")).ToHaveTextAsync("A later needle");
        await search.FillAsync("haystack");
        await Expect(found).ToHaveCountAsync(0);

        await Expect(jo.Page.Locator(".people .empty")).ToBeVisibleAsync();
        Assert.Empty(jo.Mistakes);
    }
}
