using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>With <c>Rvp:Messages:Offline</c>: what no client takes waits for Kari's next sign-in, and the sender learns it.</summary>
public sealed class OfflineMessagesTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new(new DateTimeOffset(2026, 11, 27, 9, 30, 5, TimeSpan.Zero));

    private protected override IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Messages:Offline"] = "true",
        ["Polling:MaxQueuedNotifications"] = "8",
    };

    [Fact]
    public async Task Whoever_is_not_there_polls_them_at_the_next_sign_in_in_order_with_their_times_and_once()
    {
        await SaysLater("One");
        Clock!.Advance(TimeSpan.FromMinutes(1));
        await SaysLater("Two");

        await Kari.SignsInToPoll();
        var answer = await Kari.Polls();

        var parts = answer.Body.Split("<![CDATA[").Skip(1).Select(part => part[..part.IndexOf("]]>", StringComparison.Ordinal)]).ToList();
        Assert.Equal(2, parts.Count);
        Assert.Contains("\r\nDate: Fri, 27 Nov 2026 09:30:05 +0000\r\n", parts[0], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nOne", parts[0], StringComparison.Ordinal);
        Assert.Contains("\r\nDate: Fri, 27 Nov 2026 09:31:05 +0000\r\n", parts[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nTwo", parts[1], StringComparison.Ordinal);
        Assert.Equal(204, (await Kari.Polls(answer["RVP-Poll-Cursor"])).Status);
    }

    [Fact]
    public async Task They_survive_a_power_cut_and_are_sent_to_a_callback()
    {
        await SaysLater("One");
        await SaysLater("Two");
        await using var after = await Server.AfterPowerCutAsync();
        (Jo.Server, Kari.Server) = (after, after);

        await Kari.SignsIn();

        foreach (var text in (string[])["One", "Two"])
        {
            var next = Kari.Callback.NextAsync();
            await Deadline.Until(
                () =>
                {
                    if (!next.IsCompleted) Clock!.Advance(TimeSpan.FromSeconds(1));
                    return next.IsCompleted;
                },
                text, () => "nothing");
            Assert.EndsWith(text, (await next).Body.Split("]]>")[0], StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("DeepOr")]
    [InlineData("DeepAnd")]
    public async Task A_client_that_takes_it_has_it_now(string ackType)
    {
        await Kari.SignsIn();

        var answer = await Jo.Says(Kari, "Hello", ackType: ackType);

        Assert.Equal((200, "now"), (answer.Status, answer["RVP-Delivered"]));
        await Kari.Hears(Jo, "Hello");
        Assert.Empty(NodeOf(Kari).Inbox.Entries);
    }

    [Fact]
    public async Task One_that_polls_has_it_now()
    {
        await Kari.SignsInToPoll();

        var answer = await Jo.Says(Kari, "Hello");

        Assert.Equal((200, "now"), (answer.Status, answer["RVP-Delivered"]));
    }

    [Theory]
    [InlineData("DeepOr", "later")]
    [InlineData("DeepAnd", "later")]
    [InlineData("SingleHop", null)]
    public async Task What_reaches_no_callback_is_kept_for_the_next_sign_in(string ackType, string? delivered)
    {
        await Kari.SignsInAt(new Uri($"http://127.0.0.1:{FreePort.Take()}/"));
        var saying = Jo.Says(Kari, "Hello", ackType: ackType);
        await Deadline.Until(
            () =>
            {
                Clock!.Advance(TimeSpan.FromSeconds(1));
                return saying.IsCompleted && NodeOf(Kari).Inbox.Entries.Count == 1;
            },
            "a message that is kept", () => saying.IsCompleted ? "an answer" : "nothing");

        var answer = await saying;
        Assert.Equal((200, delivered), (answer.Status, answer["RVP-Delivered"]));
        await Kari.SignsInToPoll();
        Assert.Contains("\r\n\r\nHello]]>", (await Kari.Polls()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_is_blocked_politely_is_told_the_same_and_nothing_is_kept()
    {
        await Kari.Blocks(Jo);

        await SaysLater("Why so silent?");

        Assert.Empty(NodeOf(Kari).Inbox.Entries);
    }

    [Fact]
    public async Task That_somebody_types_is_of_no_use_later()
    {
        Assert.Equal(412, (await Jo.Types(Kari)).Status);
    }

    [Fact]
    public async Task A_full_inbox_refuses_until_what_has_waited_too_long_is_gone()
    {
        var answer = await Jo.Says(Kari, "Number 0");
        for (var i = 1; answer.Status == 200; i++)
        {
            Assert.InRange(i, 1, 8);
            answer = await Jo.Says(Kari, $"Number {i}");
        }
        Assert.Equal((412, "full"), (answer.Status, answer["RVP-Delivered"]));
        Assert.InRange(NodeOf(Kari).Inbox.Entries.Count, 2, 8);

        await Passes(TimeSpan.FromDays(30));

        await SaysLater("After a month");
        Assert.Single(NodeOf(Kari).Inbox.Entries);
    }

    private async Task SaysLater(string text)
    {
        var answer = await Jo.Says(Kari, text);
        Assert.Equal((200, "later"), (answer.Status, answer["RVP-Delivered"]));
    }
}
