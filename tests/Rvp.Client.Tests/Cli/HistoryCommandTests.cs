using System.Text.Json;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

public sealed class HistoryCommandTests : IAsyncLifetime
{
    private Home home = null!;
    private Shell jo = null!;
    private Shell kari = null!;

    public async Task InitializeAsync()
    {
        home = await Home.StartAsync(new Dictionary<string, string?> { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" });
        jo = new Shell(home, "JoBrown@adatum.com");
        kari = new Shell(home, "KariHensien@adatum.com");
        await jo.Run("", "send", "KariHensien@adatum.com", "Lunch on \u202efriday?\nAt noon?");
        await kari.Run("", "send", "JoBrown@adatum.com", "Fine");
    }

    public async Task DisposeAsync() => await home.DisposeAsync();

    [Fact]
    public async Task Both_sides_are_shown_in_order_and_cannot_steer_the_terminal()
    {
        var ran = await jo.Run("", "history", "KariHensien@adatum.com");

        Assert.Equal((0, ""), (ran.Code, ran.Error));
        Assert.Matches(
            "^[-0-9]{10} [0-9:]{5} you to KariHensien@adatum.com: Lunch on \ufffdfriday\\?\n  At noon\\?\n[-0-9]{10} [0-9:]{5} Kari Hensien: Fine\n$", ran.Out);
    }

    [Fact]
    public async Task Scripts_get_objects_and_words_are_searched()
    {
        using var all = JsonDocument.Parse((await kari.Run("", "history", "--json")).Out);
        using var found = JsonDocument.Parse((await kari.Run("", "history", "--json", "--search", "LUNCH noo")).Out);
        using var last = JsonDocument.Parse((await kari.Run("", "history", "--json", "--count", "1")).Out);

        Assert.Equal(["Lunch on \u202efriday?\nAt noon?", "Fine"], Texts(all));
        Assert.Equal([false, true], all.RootElement.EnumerateArray().Select(one => one.GetProperty("mine").GetBoolean()));
        Assert.Equal(["Lunch on \u202efriday?\nAt noon?"], Texts(found));
        Assert.Equal(["Fine"], Texts(last));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_for_oneself_alone()
    {
        Assert.Equal(
            new Ran(0, "Your history with KariHensien@adatum.com is deleted.\n", ""), await jo.Run("", "history", "--delete", "KariHensien@adatum.com"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "history"));
        Assert.NotEqual("", (await kari.Run("", "history")).Out);
        Assert.Equal(new Ran(2, "", "rvp: --delete takes one ADDRESS, and no --search.\n"), await jo.Run("", "history", "--delete"));
    }

    [Fact]
    public async Task What_was_shown_is_marked_read_where_that_is_wanted_and_other_devices_hear_of_it()
    {
        var phone = await home.SignedIn(Home.Kari);
        var shown = await kari.Run("", "history", "JoBrown@adatum.com");
        Assert.Equal(1, Assert.Single(await phone.Client.GetConversationsAsync()).Unread);

        var marked = await kari.Run("", "history", "--mark-read", "JoBrown@adatum.com");

        await phone.Hears<RvpEvent.HistoryChanged>();
        var read = Assert.Single(await phone.Client.GetConversationsAsync());
        Assert.Equal((Home.Jo, 0), (read.With, read.Unread));
        Assert.Equal(shown, marked);
        Assert.Equal(
            new Ran(2, "", "rvp: --mark-read takes no --search and no --delete.\n"), await kari.Run("", "history", "--mark-read", "--search", "lunch"));
    }

    [Fact]
    public async Task What_a_command_sends_other_devices_hear_of()
    {
        var phone = await home.SignedIn(Home.Kari);

        await kari.Run("", "send", "JoBrown@adatum.com", "On my way");

        await phone.Hears<RvpEvent.HistoryChanged>();
        Assert.Equal((true, "On my way"), (await phone.Client.GetHistoryAsync(limit: 1)).Select(message => (message.IsMine, message.Text)).Single());
    }

    [Fact]
    public async Task A_server_that_keeps_none_says_so()
    {
        await using var forgetful = await Home.StartAsync();

        Assert.Equal(new Ran(1, "", "rvp: No history is kept here.\n"), await new Shell(forgetful, "JoBrown@adatum.com").Run("", "history"));
    }

    [Fact]
    public async Task People_are_found_by_part_of_a_name()
    {
        Assert.Equal(new Ran(0, "KariHensien@adatum.com  Kari Hensien\n", ""), await jo.Run("", "search", "hens"));
        Assert.Equal(
            new Ran(0, "[{\"address\":\"KariHensien@adatum.com\",\"displayName\":\"Kari Hensien\",\"department\":null}]\n", ""),
            await jo.Run("", "search", "--json", "kari"));
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "search", "nobody"));
    }

    private static IEnumerable<string?> Texts(JsonDocument messages) =>
        messages.RootElement.EnumerateArray().Select(one => one.GetProperty("text").GetString());
}
