using System.Text;
using FsCheck.Xunit;
using Rvp.Cli.Editing;

namespace Rvp.Client.Tests.Cli.Editing;

public sealed class LineEditorTests
{
    private const string Left = "\u001b[D";
    private const string Right = "\u001b[C";
    private const string Up = "\u001b[A";
    private const string Down = "\u001b[B";
    private const string Backspace = "\u007f";
    private const string Delete = "\u001b[3~";

    /// <summary>What is there after these keys, with the cursor as a bar.</summary>
    [Theory]
    [InlineData("a👋" + Backspace + "b", "ab|")]
    [InlineData("a👨‍👩‍👧" + Backspace, "a|")]
    [InlineData("e\u0301x" + Left + Left + "b", "b|e\u0301x")]
    [InlineData("日本" + Left + Delete, "日|")]
    [InlineData("one two three\u0017", "one two |")]
    [InlineData("one two\u0001\u000b", "|")]
    [InlineData("one two\u0015x", "x|")]
    [InlineData("one two\u0017\u0001\u0019", "two|one ")]
    [InlineData("one two\u001bbx", "one x|two")]
    [InlineData("one two\u0001\u001bdx", "x| two")]
    [InlineData("one two\u0001\u001bfx", "onex| two")]
    [InlineData("abc\u0001\u0004", "|bc")]
    [InlineData("abc" + Left + Left + Left + Left + "x", "x|abc")]
    [InlineData("abc" + Right + Delete, "abc|")]
    [InlineData("a\u001b\rb", "a\nb|")]
    [InlineData("\u001b[200~one\r\ntwo\tthree\r\n\u001b[201~", "one\ntwo three|")]
    [InlineData("\u001b[200~a\u0003\u0007b\u001b[201~", "ab|")]
    public void Keys_change_the_line(string keys, string shown)
    {
        var editor = Typed(keys);

        Assert.Equal(shown, editor.Text.Insert(editor.Cursor, "|"));
    }

    [Fact]
    public void Earlier_lines_come_back_and_the_one_being_written_is_kept()
    {
        var editor = new LineEditor();
        foreach (var line in (string[])["one", "two", "two"]) Enter(editor, line);

        Type(editor, "thr" + Up);
        Assert.Equal("two", editor.Text);
        Type(editor, Up + Up);
        Assert.Equal("one", editor.Text);
        Type(editor, Down + Down + Down);
        Assert.Equal("thr", editor.Text);
    }

    [Fact]
    public void The_end_of_the_input_is_the_end_only_of_an_empty_line()
    {
        Assert.Equal(Edited.Ended, new LineEditor().Take(new Key(KeyKind.EndOfInput)));
        Assert.Equal(Edited.Changed, Typed("a" + Left).Take(new Key(KeyKind.EndOfInput)));
        Assert.Equal(Edited.Ended, Typed("a").Take(new Key(KeyKind.Interrupt)));
    }

    [Fact]
    public void A_line_that_is_too_long_takes_no_more()
    {
        var editor = new LineEditor();
        editor.Take(new Key(KeyKind.Paste, new string('x', LineEditor.MaxCharacters)));

        Assert.Equal(Edited.Nothing, editor.Take(new Key(KeyKind.Text, "y")));
    }

    [Property]
    public void The_cursor_is_never_inside_a_character(List<byte> places, string text)
    {
        var editor = new LineEditor();
        editor.Take(new Key(KeyKind.Paste, (text ?? "") + "👨‍👩‍👧e\u0301🇳🇴"));
        KeyKind[] kinds = [KeyKind.Left, KeyKind.Right, KeyKind.Backspace, KeyKind.Delete, KeyKind.WordLeft, KeyKind.Home];

        foreach (var place in places)
        {
            editor.Take(place % 7 == 6 ? new Key(KeyKind.Text, "\u200d👧\u0301"[..(1 + (place % 2))]) : new Key(kinds[place % 7]));
            var boundaries = TextCells.Characters(editor.Text).Aggregate(new List<int> { 0 }, (all, one) => [.. all, all[^1] + one.Length]);
            Assert.Contains(editor.Cursor, boundaries);
        }
    }

    [Theory]
    [InlineData("zwölf", 5)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("👋", 2)]
    [InlineData("👨‍👩‍👧", 2)]
    [InlineData("🇳🇴", 2)]
    [InlineData("❤️", 2)]
    [InlineData("→", 1)]
    [InlineData("한글", 4)]
    [InlineData("ｆｕｌｌ", 8)]
    public void Characters_take_the_cells_that_terminals_give_them(string text, int cells) => Assert.Equal(cells, TextCells.Of(text));

    private static LineEditor Typed(string keys)
    {
        var editor = new LineEditor();
        Type(editor, keys);
        return editor;
    }

    private static void Enter(LineEditor editor, string line)
    {
        Type(editor, line);
        Assert.Equal(Edited.Entered, editor.Take(new Key(KeyKind.Enter)));
        Assert.Equal(line, editor.TakeLine());
    }

    private static void Type(LineEditor editor, string keys)
    {
        foreach (var key in new KeyDecoder().Take(Encoding.UTF8.GetBytes(keys))) editor.Take(key);
    }
}
