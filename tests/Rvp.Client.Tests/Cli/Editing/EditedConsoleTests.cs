using Rvp.Cli.Chat;
using Rvp.Client.Tests.Cli.Terminals;

namespace Rvp.Client.Tests.Cli.Editing;

public sealed class EditedConsoleTests : IDisposable
{
    private const string Left = "\u001b[D";

    private readonly FakeScreen screen = new(columns: 20, rows: 6);
    private readonly EditedConsole console;

    public EditedConsoleTests()
    {
        console = new EditedConsole(screen, hasColours: true);
        console.Show(null, "to Kari> ");
    }

    public void Dispose()
    {
        console.Dispose();
        screen.Dispose();
    }

    [Fact]
    public async Task A_line_that_arrives_is_shown_above_the_one_being_typed()
    {
        screen.Types("hello");
        await screen.ShowsCursor("to Kari> hello|");

        console.WriteLine("10:00 Kari: hi");

        Assert.Equal("10:00 Kari: hi\nto Kari> hello", screen.Emulator.Shown);
        Assert.Equal("to Kari> hello|", screen.Emulator.CursorRow);
    }

    [Fact]
    public async Task A_long_line_wraps_and_stays_whole()
    {
        screen.Types("one two three four five six" + Left + Left);
        await screen.ShowsCursor("ee four five s|ix");

        console.WriteLine("10:00 Kari: this is longer than a row");

        Assert.Equal("10:00 Kari: this is\nlonger than a row\nto Kari> one two thr\nee four five six", Unwrapped(screen.Emulator.Shown));
        screen.Types("\u0015");
        await screen.ShowsCursor("to Kari> |ix");
        Assert.Equal("10:00 Kari: this is\nlonger than a row\nto Kari> ix", Unwrapped(screen.Emulator.Shown));
    }

    [Fact]
    public async Task A_full_row_puts_the_cursor_on_the_next_one()
    {
        screen.Types("12345678901");
        await screen.ShowsCursor("|");
        console.WriteLine("news");

        Assert.Equal("news\nto Kari> 12345678901", screen.Emulator.Shown);
        screen.Types("x");
        await screen.ShowsCursor("x|");
    }

    [Fact]
    public async Task Wide_characters_are_erased_with_all_their_cells()
    {
        screen.Types("日本👋");
        await screen.ShowsCursor("to Kari> 日本👋|");
        screen.Types("\u007f\u007f");
        await screen.ShowsCursor("to Kari> 日|");
    }

    [Fact]
    public async Task A_window_that_changes_its_size_leaves_nothing_of_the_old_line()
    {
        console.WriteLine("10:00 Kari: hi");
        screen.Types("one two three four");
        await screen.ShowsCursor("ee four|");

        screen.Resize(12, 6);
        Assert.Equal("10:00 Kari:\nhi\nto Ka…one tw\no three four", Unwrapped(screen.Emulator.Shown));
        screen.Resize(40, 6);
        Assert.Equal("10:00 Kari: hi\nto Kari> one two three four", screen.Emulator.Shown);
    }

    [Fact]
    public async Task A_text_larger_than_the_window_shows_what_is_around_the_cursor()
    {
        console.WriteLine("news");
        screen.Types("\u001b[200~" + string.Join('\r', Enumerable.Range(1, 20)) + "\u001b[201~");
        await screen.ShowsCursor("20|");
        screen.Types("\r");
        await screen.ShowsCursor("to Kari> |");

        Assert.Equal("news\nto Kari>", screen.Emulator.All);
        Assert.Equal(string.Join('\n', Enumerable.Range(1, 20)), await console.ReadLineAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_status_stands_above_the_line_and_goes()
    {
        screen.Types("hello");
        await screen.ShowsCursor("to Kari> hello|");
        console.SetStatus("Kari Hensien is typing …");
        Assert.Equal("Kari Hensien is ty…\nto Kari> hello", screen.Emulator.Shown);
        console.WriteLine("10:00 Kari: hi");
        console.SetStatus("");
        Assert.Equal("10:00 Kari: hi\nto Kari> hello", screen.Emulator.Shown);
    }

    [Fact]
    public void At_the_end_the_terminal_is_as_it_was()
    {
        console.WriteLine("news");
        console.Dispose();

        Assert.False(screen.IsTaken);
        Assert.Equal("news", screen.Emulator.All);
    }

    // Where a row ends with a space the emulator shows none.
    private static string Unwrapped(string shown) => shown.Replace(" \n", "\n", StringComparison.Ordinal);
}
