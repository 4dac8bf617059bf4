using Rvp.Protocol;
using Rvp.Testing;
using Rvp.Testing.Terminals;

namespace Rvp.Client.Tests.Cli;

/// <summary><c>rvp</c> as a process on a terminal of the system.</summary>
public sealed class TerminalTests : IAsyncLifetime, IDisposable
{
    private readonly PseudoTerminal window = new();
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

    public void Dispose() => window.Dispose();

    [Fact]
    public async Task Two_people_talk_and_the_shell_gets_its_terminal_back()
    {
        var before = await window.Attributes();
        await Chats();

        foreach (var one in System.Text.Encoding.UTF8.GetBytes("zwölf 日本👋")) window.Types(one);
        window.Types("\u007f\u007f語");
        await window.ShowsCursor("to KariHensien> zwölf 日語|");
        window.Types("\r");
        var heard = await kari.Hears<RvpEvent.MessageReceived>();
        Assert.Equal("zwölf 日語", heard.Text);
        window.Types("I am still writing this, and it takes more than one row");
        await window.ShowsCursor("han one row|");
        await heard.Conversation.SendAsync("wie bitte?");
        await window.Shows("wie bitte?\nto KariHensien> I am still writing this, and it takes more t\nhan one row");
        await window.Resize(30, 10);
        await window.Shows("wie bitte?\nto KariHensien…I am still writ\ning this, and it takes more th\nan one row");
        await window.Resize(60, 12);
        window.Types("\u0015\u0004");

        Assert.Equal(0, await window.Ends());
        Assert.Equal(before, await window.Attributes());
        Assert.False(window.Emulator.Has("?2004"));
    }

    [Fact]
    public async Task A_chat_in_the_whole_window_leaves_nothing_of_itself()
    {
        window.Emulator.Write("before\r\n");
        window.Start(jo.Environment, RealProcess.Command("chat", "--full-screen", "KariHensien@adatum.com"));
        await window.ShowsCursor("to KariHensien> |");
        window.Types("hello\r");
        Assert.Equal("hello", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
        await window.Shows(" you: hello\nTab: who is there.");
        window.Types("\t");
        await window.Shows("Kari Hensien: online\n");
        await window.Resize(100, 20);
        await window.Shows("| Kari Hensien: online\n");
        window.Types("\u0004");

        Assert.Equal(0, await window.Ends());
        await Deadline.Until(() => window.Emulator.All == "before", "what was there before", () => window.Emulator.All);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task A_signal_signs_out_and_gives_the_terminal_back(string signal)
    {
        var before = await window.Attributes();
        await Chats();
        await kari.Client.WatchAsync(Home.Jo);

        await Signal.SendAsync(signal, window.ProcessId);

        Assert.Equal(0, await window.Ends());
        Assert.Equal(PresenceState.Offline, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.Equal(before, await window.Attributes());
    }

    [Fact]
    public async Task A_window_that_is_closed_signs_out()
    {
        await Chats();
        await kari.Client.WatchAsync(Home.Jo);

        window.HangUp();

        Assert.Equal(PresenceState.Offline, (await kari.Hears<RvpEvent.PresenceChanged>()).Contact.State);
        Assert.Equal(0, await window.Ends());
    }

    [Fact]
    public async Task Stopped_by_the_keyboard_it_gives_the_terminal_back_until_it_goes_on()
    {
        var before = await window.Attributes();
        await Chats();
        window.Types("half a");
        await window.ShowsCursor("to KariHensien> half a|");
        var taken = await window.Attributes();

        window.Types("\u001a");
        await Deadline.Until(async () => await window.Attributes() == before, "the attributes of before", () => window.Emulator.All);
        await Signal.SendAsync("CONT", window.ProcessId);
        await Deadline.Until(async () => await window.Attributes() == taken, taken, () => window.Attributes().Result);
        window.Types(" line\r");

        Assert.Equal("half a line", (await kari.Hears<RvpEvent.MessageReceived>()).Text);
    }

    [Fact]
    public async Task A_password_is_asked_for_and_not_shown()
    {
        jo.Unset("RVP_PASSWORD");
        window.Start(jo.Environment, RealProcess.Command("signin"));
        await window.ShowsCursor("Password of JoBrown@adatum.com: |");

        window.Types("wrong\u0015" + TestServer.Password + "ö\u007f\r");

        Assert.Equal(0, await window.Ends());
        Assert.DoesNotContain(TestServer.Password, window.Emulator.All, StringComparison.Ordinal);
        Assert.Contains("Signed in as JoBrown@adatum.com.", window.Emulator.All, StringComparison.Ordinal);
    }

    private async Task Chats()
    {
        window.Start(jo.Environment, RealProcess.Command("chat", "KariHensien@adatum.com"));
        await window.ShowsCursor("to KariHensien> |");
    }
}
