using System.Globalization;
using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>What a key did.</summary>
internal enum Edited
{
    /// <summary>Nothing: the key has no meaning here, or there is nothing to do.</summary>
    Nothing,

    /// <summary>The cursor is elsewhere, or an earlier line is shown.</summary>
    Moved,

    /// <summary>The text is another one.</summary>
    Changed,

    /// <summary>The line is entered.</summary>
    Entered,

    /// <summary>The input is over.</summary>
    Ended,
}

/// <summary>A line that is being written, and those before it. Its cursor never stands inside a character as people see them.</summary>
internal sealed class LineEditor
{
    /// <summary>How long a line may be; what is more is not taken.</summary>
    public const int MaxCharacters = 30_000;

    private readonly LineHistory history = new();
    private string killed = "";
    private int[] boundaries = [0];

    /// <summary>The text so far; pasted text may have line feeds.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the next character goes, as an index of <see cref="Text"/>.</summary>
    public int Cursor { get; private set; }

    /// <summary>Takes a key.</summary>
    public Edited Take(Key key) => key.Kind switch
    {
        KeyKind.Text or KeyKind.Paste => Insert(Typable(key.Text)),
        KeyKind.NewLine => Insert("\n"),
        KeyKind.Tab => Insert(" "),
        KeyKind.Enter => Edited.Entered,
        KeyKind.Left => MoveTo(Before(Cursor)),
        KeyKind.Right => MoveTo(After(Cursor)),
        KeyKind.WordLeft => MoveTo(WordBefore(Cursor)),
        KeyKind.WordRight => MoveTo(WordAfter(Cursor)),
        KeyKind.Home => MoveTo(0),
        KeyKind.End => MoveTo(Text.Length),
        KeyKind.Earlier => Show(history.Earlier(Text)),
        KeyKind.Later => Show(history.Later()),
        KeyKind.Backspace => Remove(Before(Cursor), Cursor),
        KeyKind.Delete => Remove(Cursor, After(Cursor)),
        KeyKind.DeleteWordBefore => Kill(WordBefore(Cursor), Cursor),
        KeyKind.DeleteWordAfter => Kill(Cursor, WordAfter(Cursor)),
        KeyKind.DeleteToStart => Kill(0, Cursor),
        KeyKind.DeleteToEnd => Kill(Cursor, Text.Length),
        KeyKind.Yank => Insert(killed),
        KeyKind.EndOfInput => Text.Length == 0 ? Edited.Ended : Remove(Cursor, After(Cursor)),
        KeyKind.Interrupt => Edited.Ended,
        _ => Edited.Nothing,
    };

    /// <summary>Gives the line that was entered, and begins an empty one.</summary>
    public string TakeLine()
    {
        var line = Text;
        history.Add(line);
        Set("", 0);
        return line;
    }

    /// <summary>Goes on with another line that was begun; gives what was written of this one.</summary>
    public string Exchange(string line)
    {
        var written = Text;
        Set(line, line.Length);
        return written;
    }

    private Edited Insert(string text)
    {
        if (text.Length == 0 || Text.Length + text.Length > MaxCharacters) return Edited.Nothing;
        Set(Text.Insert(Cursor, text), Cursor + text.Length);
        return Edited.Changed;
    }

    private Edited Kill(int from, int to)
    {
        if (from == to) return Edited.Nothing;
        killed = Text[from..to];
        return Remove(from, to);
    }

    private Edited Remove(int from, int to)
    {
        if (from == to) return Edited.Nothing;
        Set(Text.Remove(from, to - from), from);
        return Edited.Changed;
    }

    private Edited MoveTo(int place)
    {
        if (place == Cursor) return Edited.Nothing;
        Cursor = place;
        return Edited.Moved;
    }

    private Edited Show(string? line)
    {
        if (line is null) return Edited.Nothing;
        Set(line, line.Length);
        return Edited.Moved;
    }

    // What was put in or left out may have joined the characters around it.
    private void Set(string text, int cursor)
    {
        Text = text;
        boundaries = [.. StringInfo.ParseCombiningCharacters(text), text.Length];
        var at = Array.BinarySearch(boundaries, cursor);
        Cursor = boundaries[at < 0 ? ~at : at];
    }

    private int Before(int place) => place == 0 ? 0 : boundaries[Array.BinarySearch(boundaries, place) - 1];

    private int After(int place) => place == Text.Length ? place : boundaries[Array.BinarySearch(boundaries, place) + 1];

    private int WordBefore(int place)
    {
        while (place > 0 && !IsWord(Before(place))) place = Before(place);
        while (place > 0 && IsWord(Before(place))) place = Before(place);
        return place;
    }

    private int WordAfter(int place)
    {
        while (place < Text.Length && !IsWord(place)) place = After(place);
        while (place < Text.Length && IsWord(place)) place = After(place);
        return place;
    }

    private bool IsWord(int place) => !Rune.TryGetRuneAt(Text, place, out var rune) || !(Rune.IsWhiteSpace(rune) || Rune.IsPunctuation(rune));

    // Line ends become line feeds, tabs spaces; other control characters, of which a paste may have many, are not part of a text.
    private static string Typable(string text)
    {
        var typable = new StringBuilder(text.Length);
        foreach (var character in text.ReplaceLineEndings("\n").TrimEnd('\n'))
        {
            if (character == '\t') typable.Append(' ');
            else if (character == '\n' || !char.IsControl(character)) typable.Append(character);
        }
        return typable.ToString();
    }
}
