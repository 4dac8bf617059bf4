using Microsoft.Extensions.Time.Testing;
using Rvp.Cli;
using Rvp.Client.Messages;
using Rvp.Client.Tests.Cli.Terminals;
using Rvp.Protocol;
using Rvp.Testing;

namespace Rvp.Client.Tests.Cli;

public sealed class ChatCommandTests
{
    [Fact]
    public async Task Two_people_talk()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");
        var lines = new Lines();
        using var keyboard = new Keyboard();
        var kari = await home.SignedIn(Home.Kari);

        var running = jo.Run(keyboard, lines, CancellationToken.None, "chat", "KariHensien@adatum.com");
        await lines.Shows("* Kari Hensien is online.\n");
        keyboard.Types("Let's have lunch");
        var heard = await kari.Hears<RvpEvent.MessageReceived>();
        await heard.Conversation.TypingAsync();
        await lines.Shows("* Kari Hensien is typing …\n");
        await heard.Conversation.SendAsync("when?\nwhere?");
        await lines.Shows("where?\n");
        await kari.Client.DetachAsync();
        var kariElsewhere = await home.SignedIn(Home.Kari);
        await kariElsewhere.Client.SendAsync(Home.Jo, "from my phone");
        await lines.Shows(" Kari Hensien: from my phone\n");
        keyboard.Types("/nonsense");
        await lines.Shows("* ! /nonsense is no command; /help lists them.\n");
        keyboard.Types("/busy");
        await lines.Shows("* You are busy.\n");
        keyboard.Types("/who");
        await lines.Shows("* > 1: KariHensien@adatum.com\n");
        keyboard.Types("/quit");

        Assert.Equal(0, await Deadline.For(running, "the end", lines.ToString));
        Assert.Equal("Let's have lunch", heard.Text);
        Assert.DoesNotContain("[/2]", lines.ToString(), StringComparison.Ordinal);
        Assert.Matches("\n[0-9]{2}:[0-9]{2} Kari Hensien: when\\?\n {20}where\\?\n", lines.ToString());
    }

    [Fact]
    public async Task On_a_terminal_the_line_being_typed_stays_whole_and_tells_the_other_that_one_types()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");
        using var screen = new FakeScreen();
        var kari = await home.SignedIn(Home.Kari);

        var running = jo.Run(screen, TimeProvider.System, "chat", "KariHensien@adatum.com");
        await screen.ShowsCursor("to KariHensien> |");
        screen.Types("Let's have");
        var typing = await kari.Hears<RvpEvent.Typing>();
        await typing.Conversation.TypingAsync();
        await screen.Shows("Kari Hensien is typing …\nto KariHensien> Let's have");
        await typing.Conversation.SendAsync("when?\nwhere?");
        await screen.Shows("where?\nto KariHensien> Let's have");
        screen.Types(" lunch 👋\u007f\r");
        var heard = await kari.Hears<RvpEvent.MessageReceived>();
        await screen.Shows(" you: Let's have lunch\nto KariHensien>");
        screen.Types("\u001b[A\u001b[200~one\rtwo\u001b[201~\r");
        var again = await kari.Hears<RvpEvent.MessageReceived>();
        screen.Types("not sent\u0003");

        Assert.Equal(0, await Deadline.For(running, "the end", () => screen.Emulator.All));
        Assert.Equal("Let's have lunch ", heard.Text);
        Assert.Equal("Let's have lunch one\ntwo", again.Text);
        Assert.False(screen.IsTaken);
        Assert.DoesNotContain("is typing", screen.Emulator.All, StringComparison.Ordinal);
        Assert.DoesNotContain("not sent", screen.Emulator.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_presses_no_key_is_idle_and_back_with_the_next_one_unless_busy()
    {
        await using var home = await Home.StartAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var screen = new FakeScreen();
        var kari = await home.SignedIn(Home.Kari);
        var running = new Shell(home, "JoBrown@adatum.com").Run(screen, clock, "chat", "--idle", "5", "KariHensien@adatum.com");
        await screen.ShowsCursor("to KariHensien> |");
        Assert.Equal(PresenceState.Online, (await kari.Client.WatchAsync(Home.Jo)).State);

        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(PresenceState.Idle, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        screen.Types("x");
        Assert.Equal(PresenceState.Online, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        screen.Types("\u0015/busy\r");
        Assert.Equal(PresenceState.Busy, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        clock.Advance(TimeSpan.FromMinutes(5));
        screen.Types("/online\r");
        Assert.Equal(PresenceState.Online, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        screen.Types("\u0004");

        Assert.Equal(0, await Deadline.For(running, "the end", () => screen.Emulator.All));
    }

    [Fact]
    public async Task In_the_whole_window_each_conversation_has_its_own_lines_and_unread_marks_until_it_is_read_here_or_elsewhere()
    {
        await using var home = await StartWithDonAsync();
        using var screen = new FakeScreen(columns: 100);
        var (kari, don) = (home.Client(Home.Kari), home.Client(Don));
        var phone = home.Client(Home.Jo);
        var running = new Shell(home, "JoBrown@adatum.com").Run(screen, TimeProvider.System, "chat", "--full-screen", "KariHensien@adatum.com");
        await screen.ShowsCursor("to KariHensien> |");
        await kari.Client.SendAsync(Home.Jo, "hello from Kari");
        await screen.Shows("Kari Hensien: hello from Kari\n");
        await UnreadIs(phone, (Home.Kari, 0));
        screen.Types("half a");
        await screen.ShowsCursor("to KariHensien> half a|");
        await don.Client.SendAsync(Home.Jo, "hello from Don");
        await screen.Shows("(1) rvp  JoBrown@adatum.com  > 1: KariHensien    2: DonHall (1)\n");
        await screen.Shows("Don Hall has written: Alt-A, or /2\n");
        Assert.DoesNotContain("hello from Don", screen.Emulator.Shown, StringComparison.Ordinal);
        await UnreadIs(phone, (Don, 1), (Home.Kari, 0));

        screen.Types("\u001ba");
        await screen.ShowsCursor("to DonHall> |");
        await screen.Shows("Don Hall: hello from Don\n");
        Assert.DoesNotContain("hello from Kari", screen.Emulator.Shown, StringComparison.Ordinal);
        await UnreadIs(phone, (Don, 0), (Home.Kari, 0));
        await kari.Client.SendAsync(Home.Jo, "again");
        await screen.Shows("(1) rvp  JoBrown@adatum.com    1: KariHensien (1)  > 2: DonHall\n");
        await phone.Client.MarkReadAsync((await phone.Client.GetConversationsAsync())[0].Conversation);
        await screen.Shows("rvp  JoBrown@adatum.com    1: KariHensien  > 2: DonHall\n");
        screen.Types("\u001b[1;3A");
        await screen.ShowsCursor("to KariHensien> half a|");
        await screen.Shows("Kari Hensien: again\n");
        screen.Types("\u0015\u001b2");
        await screen.ShowsCursor("to DonHall> |");
        screen.Types("\u0004");

        Assert.Equal(0, await Deadline.For(running, "the end", () => screen.Emulator.All));
    }

    [Fact]
    public async Task What_is_shown_to_nobody_is_read_with_the_next_key()
    {
        await using var home = await StartWithDonAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        using var screen = new FakeScreen();
        var don = home.Client(Don);
        var phone = home.Client(Home.Jo);
        var running = new Shell(home, "JoBrown@adatum.com").Run(screen, clock, "chat", "--idle", "5", "DonHall@adatum.com");
        await screen.ShowsCursor("to DonHall> |");
        clock.Advance(TimeSpan.FromMinutes(5));

        await don.Client.SendAsync(Home.Jo, "Are you there?");
        await screen.Shows("Don Hall: Are you there?\n");
        await UnreadIs(phone, (Don, 1));
        screen.Types("y");

        await UnreadIs(phone, (Don, 0));
        screen.Types("\u0015\u0004");
        Assert.Equal(0, await Deadline.For(running, "the end", () => screen.Emulator.All));
    }

    [Fact]
    public async Task An_invitation_is_declined_and_told_once()
    {
        await using var home = await Home.StartAsync();
        using var screen = new FakeScreen(columns: 100);
        var kari = await home.SignedIn(Home.Kari);
        var running = new Shell(home, "JoBrown@adatum.com").Run(screen, TimeProvider.System, "chat");
        await screen.ShowsCursor("> |");
        var conversation = await kari.Client.ConverseAsync([Home.Jo]);
        foreach (var cookie in (string[])["31", "32"])
        {
            var invitation = $"Application-Name: Whiteboard\nApplication-GUID: {{1}}\nInvitation-Command: INVITE\nInvitation-Cookie: {cookie}\n";
            await kari.Client.SendAsync(conversation.Urls, new MimeMessage(MimeMessage.Invite, conversation.Id, null, invitation), CancellationToken.None);
            Assert.Equal(MimeMessage.Invite, (await kari.Hears<RvpEvent.UnknownReceived>()).ContentType);
        }
        await screen.Shows("* Kari Hensien invited you to Whiteboard, which this program cannot do: declined.");
        screen.Types("\u0004");

        Assert.Equal(0, await Deadline.For(running, "the end", () => screen.Emulator.All));
        Assert.Equal(2, screen.Emulator.All.Split("invited you").Length);
    }

    [Fact]
    public async Task What_was_accepted_for_a_chat_that_polls_seldom_is_shown_by_the_next_one()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");
        var lines = new Lines();
        using var keyboard = new Keyboard();
        var running = jo.Run(keyboard, lines, CancellationToken.None, "chat", "--connection", "poll=1");
        await lines.Shows("* Signed in as JoBrown@adatum.com.");
        var kari = new Shell(home, "KariHensien@adatum.com");

        Assert.Equal(new Ran(0, "", ""), await kari.Run("", "send", "JoBrown@adatum.com", "one"));
        Assert.Equal(new Ran(0, "", ""), await kari.Run("", "send", "JoBrown@adatum.com", "two"));
        keyboard.Types("/quit");
        Assert.Equal(0, await Deadline.For(running, "the end", lines.ToString));
        var again = new Lines();
        using var other = new Keyboard();
        var next = jo.Run(other, again, CancellationToken.None, "chat", "--connection", "poll=1");

        var shown = lines.ToString().Contains(": two\n", StringComparison.Ordinal) ? lines : again;
        await shown.Shows(": two\n");
        Assert.Contains(": one\n", lines.ToString() + again, StringComparison.Ordinal);
        other.Types("/quit");
        Assert.Equal(0, await Deadline.For(next, "the end", again.ToString));
    }

    [Fact]
    public async Task A_piped_chat_says_every_line_and_ends_with_the_input()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");

        var ran = await jo.Run("hello\n//slash\n", "chat", "KariHensien@adatum.com");

        Assert.Equal(new Ran(0, """
            * Signed in as JoBrown@adatum.com. /help lists the commands.
            * Talking with KariHensien@adatum.com.
            * Kari Hensien is offline.
            * ! KariHensien@adatum.com is not available.
            * ! KariHensien@adatum.com is not available.

            """, ""), ran);
    }

    private static readonly ImAddress Don = Home.Address("DonHall@adatum.com");

    private static async Task<Home> StartWithDonAsync()
    {
        var home = await Home.StartAsync(new Dictionary<string, string?> { ["Messages:Offline"] = "true", ["Messages:Archive"] = "true" });
        await home.Server.AddAccountAsync("DonHall@adatum.com", "Don Hall");
        return home;
    }

    private static async Task UnreadIs(Listening device, params (ImAddress With, int Unread)[] expected)
    {
        (ImAddress?, int)[] seen = [];
        await Deadline.Until(
            async () => (seen = [.. (await device.Client.GetConversationsAsync()).Select(one => (one.With, one.Unread))])
                .SequenceEqual(expected.Select(one => ((ImAddress?)one.With, one.Unread))),
            string.Join(", ", expected), () => string.Join(", ", seen));
    }

    [Fact]
    public async Task Who_is_on_the_list_and_talked_with_is_told_once()
    {
        await using var home = await Home.StartAsync();
        var jo = new Shell(home, "JoBrown@adatum.com");
        await home.SignedIn(Home.Kari);
        await jo.Run("", "contacts", "add", "KariHensien@adatum.com");

        var ran = await jo.Run("", "chat", "KariHensien@adatum.com");

        Assert.Equal(1, ran.Out.Split('\n').Count(line => line == "* Kari Hensien is online."));
    }

    [Theory]
    [InlineData("\u001b[2Jgone", "\ufffd[2Jgone")]
    [InlineData("\u009b31mred", "\ufffd31mred")]
    [InlineData("abc\u202edef\u2066", "abc\ufffddef\ufffd")]
    [InlineData("one\rtwo\u2028three", "one two three")]
    [InlineData("tab\there \ud83d\ude00 \u65e5\u672c", "tab here \ud83d\ude00 \u65e5\u672c")]
    public void What_others_write_cannot_steer_the_terminal(string written, string shown) => Assert.Equal(shown, SafeText.Line(written));
}
