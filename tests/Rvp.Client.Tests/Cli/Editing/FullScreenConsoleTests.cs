using Rvp.Cli.Chat;
using Rvp.Client.Tests.Cli.Terminals;

namespace Rvp.Client.Tests.Cli.Editing;

public sealed class FullScreenConsoleTests : IDisposable
{
    private const string Tab = "\t";
    private const string PageUp = "\u001b[5~";
    private const string PageDown = "\u001b[6~";

    private readonly FakeScreen screen = new(columns: 40, rows: 8);
    private readonly FullScreenConsole console;

    public FullScreenConsoleTests()
    {
        screen.Emulator.Write("$ rvp chat --full-screen");
        console = new FullScreenConsole(screen, "rvp  Jo", hasColours: false);
        console.Show(null, "to Kari> ");
        console.People = () => ["Kari Hensien: online", "Don Hall: offline", "> 1: Kari"];
    }

    public void Dispose()
    {
        console.Dispose();
        screen.Dispose();
    }

    [Fact]
    public async Task Title_log_status_and_line_have_their_places()
    {
        console.WriteLine("10:00 Kari: hi");
        console.SetStatus("Kari is typing …");
        screen.Types("hello");

        await screen.Shows("rvp  Jo\n\n\n\n\n10:00 Kari: hi\nKari is typing …\nto Kari> hello");
        Assert.Equal("to Kari> hello|", screen.Emulator.CursorRow);
    }

    [Fact]
    public async Task One_reads_back_while_others_go_on_talking()
    {
        foreach (var i in Enumerable.Range(1, 9)) console.WriteLine($"line {i}");
        screen.Types(PageUp);
        await screen.Shows("rvp  Jo\nline 1\nline 2\nline 3\nline 4\nline 5\n4 rows further down. PgDn\nto Kari>");
        console.WriteLine("line 10");
        Assert.Contains("line 1\nline 2\nline 3\nline 4\nline 5\n5 rows further down. PgDn", screen.Emulator.Shown, StringComparison.Ordinal);
        screen.Types(PageDown + PageDown);
        await screen.Shows("line 6\nline 7\nline 8\nline 9\nline 10\n");
    }

    [Fact]
    public async Task Who_is_there_is_shown_on_demand_beside_what_is_said_where_there_is_room()
    {
        console.WriteLine("10:00 Kari: hi");
        screen.Types(Tab);
        await screen.Shows("rvp  Jo\nKari Hensien: online\nDon Hall: offline\n> 1: Kari\n");
        screen.Resize(80, 8);
        await screen.Shows($"rvp  Jo\n{new string(' ', 52)}| Kari Hensien: online\n{new string(' ', 52)}| Don Hall: offline\n");
        Assert.Contains("10:00 Kari: hi", screen.Emulator.Shown, StringComparison.Ordinal);
        screen.Types(Tab);
        await screen.Shows("rvp  Jo\n\n\n\n\n10:00 Kari: hi\n");
    }

    [Theory]
    [InlineData(20, 8)]
    [InlineData(5, 3)]
    [InlineData(3, 2)]
    [InlineData(2, 1)]
    public void Any_size_of_window_is_drawn_without_scrolling(int columns, int rows)
    {
        console.WriteLine("\u001b[1m10:00 Kari: 日本語 this is a longer line\u001b[0m");
        screen.Resize(columns, rows);
        console.Show(null, "to somebody> ");

        Assert.InRange(screen.Emulator.All.Split('\n').Length, 1, rows);
    }

    [Fact]
    public void At_the_end_the_window_is_as_it_was()
    {
        Assert.True(screen.Emulator.Has("?1049"));
        console.WriteLine("news");
        console.Dispose();

        Assert.Equal("$ rvp chat --full-screen", screen.Emulator.All);
        Assert.False(screen.IsTaken);
    }

    [Fact]
    public void A_colour_goes_on_in_the_next_row_and_ends_with_each() =>
        Assert.Equal(["\u001b[1mab\u001b[0m", "\u001b[1mc\u001b[0md", "e"], StyledText.Wrap("\u001b[1mabc\u001b[0mde", 2));
}
