using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

public sealed class ReceiveCommandTests : IAsyncLifetime
{
    private Home home = null!;
    private Shell jo = null!;
    private Listening kari = null!;

    public async Task InitializeAsync()
    {
        home = await Home.StartAsync();
        jo = new Shell(home, "JoBrown@adatum.com");
        kari = await home.SignedIn(Home.Kari);
    }

    public async Task DisposeAsync() => await home.DisposeAsync();

    [Fact]
    public async Task Messages_are_lines_of_text()
    {
        var lines = new Lines();
        var running = jo.Run(TextReader.Null, lines, CancellationToken.None, "receive", "--count", "2");
        await Say("one\nline");
        await Say("two");

        Assert.Equal(0, await Deadline.For(running, "the end", lines.ToString));
        Assert.Matches("^[0-9]{2}:[0-9]{2} KariHensien@adatum.com: one line\n[0-9]{2}:[0-9]{2} KariHensien@adatum.com: two\n$", lines.ToString());
    }

    [Fact]
    public async Task Messages_are_objects_with_all_of_the_text()
    {
        var lines = new Lines();
        var running = jo.Run(TextReader.Null, lines, CancellationToken.None, "receive", "--json", "--count", "1");
        await Say("one\n\u009b2J zwölf");

        Assert.Equal(0, await Deadline.For(running, "the end", lines.ToString));
        using var message = JsonDocument.Parse(lines.ToString());
        Assert.Equal(["time", "sentAt", "id", "from", "name", "text", "conversation"], message.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("KariHensien@adatum.com", message.RootElement.GetProperty("from").GetString());
        Assert.Equal("one\n\u009b2J zwölf", message.RootElement.GetProperty("text").GetString());
        Assert.DoesNotContain('\u009b', lines.ToString());
    }

    [Fact]
    public async Task What_waited_has_the_time_at_which_it_was_sent_and_the_id_of_the_message()
    {
        var sent = new DateTimeOffset(2026, 11, 26, 21, 30, 0, TimeSpan.Zero);
        var clock = new FakeTimeProvider(sent);
        await using var keeping = await Home.StartAsync(new Dictionary<string, string?> { ["Messages:Offline"] = "true" }, clock);
        var shell = new Shell(keeping, "JoBrown@adatum.com");
        await keeping.Client(Home.Kari).Client.SendAsync(Home.Jo, "one");
        await keeping.Client(Home.Kari).Client.SendAsync(Home.Jo, "two");
        clock.Advance(TimeSpan.FromHours(12));

        var text = await shell.Run("", clock, "receive", "--count", "1");
        var json = await shell.Run("", clock, "receive", "--json", "--count", "1");

        Assert.Equal(new Ran(0, "2026-11-26T21:30 KariHensien@adatum.com: one\n", ""), text);
        using var message = JsonDocument.Parse(json.Out);
        Assert.Equal(sent + TimeSpan.FromHours(12), message.RootElement.GetProperty("time").GetDateTimeOffset());
        Assert.Equal(sent, message.RootElement.GetProperty("sentAt").GetDateTimeOffset());
        Assert.Matches("^<[0-9a-f-]{36}@adatum.com>$", message.RootElement.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Whoever_takes_one_at_a_time_gets_each_once()
    {
        await jo.Run("", "signin");
        foreach (var text in (string[])["one", "two", "three"]) await Say(text);

        foreach (var text in (string[])["one", "two", "three"])
            Assert.EndsWith($": {text}\n", (await jo.Run("", "receive", "--count", "1")).Out, StringComparison.Ordinal);
        Assert.Equal(new Ran(1, "", "rvp: No more messages have come.\n"), await jo.Run("", "receive", "--count", "1", "--timeout", "0.5s"));
    }

    [Fact]
    public async Task A_time_that_is_over_is_no_failure_where_no_number_was_wanted() =>
        Assert.Equal(new Ran(0, "", ""), await jo.Run("", "receive", "--timeout", "0.2"));

    [Theory]
    [InlineData("rvp: --timeout is \"soon\": write 30, 30s, 5m or 2h, and no more than thirty days.\n", "--timeout", "soon")]
    [InlineData("rvp: --timeout is \"-1\": write 30, 30s, 5m or 2h, and no more than thirty days.\n", "--timeout", "-1")]
    [InlineData("rvp: --timeout is \"9999h\": write 30, 30s, 5m or 2h, and no more than thirty days.\n", "--timeout", "9999h")]
    [InlineData("rvp: --count is at least 1.\n", "--count", "0")]
    public async Task Wrong_usage_is_one_line(string error, params string[] arguments) =>
        Assert.Equal(new Ran(2, "", error), await jo.Run("", ["receive", .. arguments]));

    // As soon as Jo is there.
    private Task Say(string text) => Deadline.Until(
        async () => (await kari.Client.SendAsync(Home.Jo, text)).IsDelivered, "Jo to be there", () => "not available");
}
