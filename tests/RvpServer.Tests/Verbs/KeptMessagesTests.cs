using Microsoft.Extensions.Time.Testing;
using Rvp.Testing;

namespace RvpServer.Tests.Verbs;

/// <summary>Messages that were answered 200 and for which nobody came, until Kari signs in again.</summary>
public sealed class KeptMessagesTests : HomeServerTest
{
    private protected override FakeTimeProvider? Clock { get; } = new();

    [Theory]
    [InlineData("her lease runs out")]
    [InlineData("she signs out")]
    public async Task The_next_sign_in_that_polls_gets_them_in_order_and_once(string end)
    {
        await Kari.SignsInToPoll();
        await SaysBoth();
        await Ends(end);

        await Kari.SignsInToPoll();
        var answer = await Kari.Polls();

        Assert.Equal(["One", "Two"], Texts(answer));
        Assert.Equal(204, (await Kari.Polls(answer["RVP-Poll-Cursor"])).Status);
        await Kari.SignsOut();
        await Kari.SignsInToPoll();
        Assert.Equal(204, (await Kari.Polls()).Status);
    }

    [Fact]
    public async Task They_are_there_after_a_power_cut()
    {
        await Kari.SignsInToPoll();
        await SaysBoth();
        await Kari.SignsOut();

        await using var after = await Server.AfterPowerCutAsync();
        (Jo.Server, Kari.Server) = (after, after);

        await Kari.SignsInToPoll();
        Assert.Equal(["One", "Two"], Texts(await Kari.Polls()));
    }

    [Theory]
    [InlineData("her lease runs out")]
    [InlineData("she signs out")]
    public async Task The_next_sign_in_with_a_callback_is_sent_them_in_order_before_new_ones(string end)
    {
        await Kari.SignsInToPoll();
        await SaysBoth();
        await Ends(end);

        await Kari.SignsIn();
        Assert.Equal(200, (await Jo.Says(Kari, "Three")).Status);
        await UntilNothingWaits();

        foreach (var text in (string[])["One", "Two", "Three"]) await Kari.Hears(Jo, text);
        Assert.Equal(200, (await Jo.Says(Kari, "Four")).Status);
        await Kari.Hears(Jo, "Four");
        await Kari.HearsNothing();
    }

    [Fact]
    public async Task They_are_sent_to_a_callback_after_a_restart_in_between()
    {
        await Kari.SignsInToPoll();
        await SaysBoth();
        await Kari.SignsOut();
        await Kari.SignsIn();

        await Server.StopAsync();
        await Server.StartAgainAsync();
        await UntilNothingWaits();

        await Kari.Hears(Jo, "One");
        await Kari.Hears(Jo, "Two");
        await Kari.HearsNothing();
    }

    [Fact]
    public async Task What_a_callback_has_taken_meanwhile_is_not_kept()
    {
        var desk = Comes("KariHensien");
        await desk.SignsIn();
        await Kari.SignsInToPoll();
        Assert.Equal(200, (await Jo.Says(Kari, "One", ackType: "DeepAnd")).Status);
        await desk.Hears(Jo, "One");
        await Deadline.Until(() => NodeOf(Kari).Inbox.Entries.ToArray() is [{ IsOwed: false }], "the message taken", () => "still owed");
        await Kari.SignsOut();

        await Kari.SignsInToPoll();

        Assert.Equal(204, (await Kari.Polls()).Status);
        await desk.HearsNothing();
    }

    [Fact]
    public async Task That_somebody_types_is_not_kept()
    {
        await Kari.SignsInToPoll();
        Assert.Equal(200, (await Jo.Types(Kari)).Status);
        Assert.Contains("TypingUser", (await Kari.Polls()).Body, StringComparison.Ordinal);
        await Kari.SignsOut();

        await Kari.SignsInToPoll();

        Assert.Equal(204, (await Kari.Polls()).Status);
    }

    [Fact]
    public async Task After_four_hours_they_are_gone()
    {
        await Kari.SignsInToPoll();
        await SaysBoth();
        await Kari.SignsOut();

        await Passes(TimeSpan.FromHours(4));
        await LeasesRunOut(Kari);

        Assert.Empty(NodeOf(Kari).Inbox.Entries);
    }

    private async Task SaysBoth()
    {
        foreach (var text in (string[])["One", "Two"]) Assert.Equal(200, (await Jo.Says(Kari, text)).Status);
    }

    private async Task Ends(string how)
    {
        if (how == "she signs out")
        {
            await Kari.SignsOut();
            return;
        }
        await Passes(TimeSpan.FromMinutes(31));
        await LeasesRunOut(Kari);
    }

    // The clock must not run away from a callback that is being asked.
    private Task UntilNothingWaits()
    {
        var looks = 0;
        return Deadline.Until(
            () =>
            {
                if (looks++ % 50 == 0) Clock!.Advance(TimeSpan.FromSeconds(1));
                return NodeOf(Kari).Inbox.Entries.Count == 0;
            },
            "nothing that waits", () => $"{NodeOf(Kari).Inbox.Entries.Count} messages");
    }

    private static string[] Texts(RawAnswer answer) =>
        [.. answer.Body.Split("\r\n\r\n").Skip(1).Select(part => part[..part.IndexOf("]]>", StringComparison.Ordinal)])];
}
