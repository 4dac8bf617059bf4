using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>
/// Makes keys of the bytes that a terminal sends: UTF-8, which may come byte by byte, control characters and escape sequences. An Escape waits for the byte
/// after it, so that Escape and then B is Alt-B, as in other programs.
/// </summary>
internal sealed class KeyDecoder
{
    private const char Escape = '\u001b';
    private const string PasteEnd = "\u001b[201~";
    private const int MaxSequence = 32;
    private const int MaxPaste = 100_000;

    private readonly Decoder utf8 = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder text = new();
    private readonly StringBuilder sequence = new();
    private readonly StringBuilder pasted = new();
    private bool isPasting;

    /// <summary>The keys that these bytes complete.</summary>
    public IReadOnlyList<Key> Take(ReadOnlySpan<byte> bytes)
    {
        var characters = new char[utf8.GetCharCount(bytes, flush: false)];
        utf8.GetChars(bytes, characters, flush: false);
        var keys = new List<Key>();
        foreach (var character in characters)
        {
            if (isPasting) Paste(character, keys);
            else if (sequence.Length > 0) Continue(character, keys);
            else if (character == Escape) Begin(keys);
            else if (!char.IsControl(character)) text.Append(character);
            else Add(keys, OfControl(character));
        }
        EndText(keys);
        return keys;
    }

    private void Begin(List<Key> keys)
    {
        EndText(keys);
        sequence.Append(Escape);
    }

    private void Continue(char character, List<Key> keys)
    {
        sequence.Append(character);
        if (sequence.Length == 2)
        {
            if (character is '[' or 'O') return;
            sequence.Clear();
            if (character == Escape) Begin(keys);
            else if (character is >= '1' and <= '9') keys.Add(new Key(KeyKind.NumberedTalk, character.ToString()));
            else Add(keys, OfAlt(character));
            return;
        }
        // A control character is in no sequence: what was begun is given up.
        var isOver = character is >= '@' and <= '~' || sequence[1] == 'O' || char.IsControl(character);
        if (!isOver && sequence.Length < MaxSequence) return;
        var whole = sequence.ToString(2, sequence.Length - 2);
        sequence.Clear();
        if (whole == "200~") isPasting = true;
        else Add(keys, OfSequence(whole));
    }

    private void Paste(char character, List<Key> keys)
    {
        if (pasted.Length < MaxPaste) pasted.Append(character);
        else pasted.Remove(MaxPaste - PasteEnd.Length, 1).Append(character);
        if (character != '~' || pasted.Length < PasteEnd.Length) return;
        if (pasted.ToString(pasted.Length - PasteEnd.Length, PasteEnd.Length) != PasteEnd) return;
        keys.Add(new Key(KeyKind.Paste, pasted.ToString(0, pasted.Length - PasteEnd.Length)));
        pasted.Clear();
        isPasting = false;
    }

    private void Add(List<Key> keys, KeyKind? kind)
    {
        EndText(keys);
        if (kind is { } known) keys.Add(new Key(known));
    }

    private void EndText(List<Key> keys)
    {
        if (text.Length == 0) return;
        keys.Add(new Key(KeyKind.Text, text.ToString()));
        text.Clear();
    }

    private static KeyKind? OfControl(char character) => character switch
    {
        '\r' or '\n' => KeyKind.Enter,
        '\t' => KeyKind.Tab,
        '\b' or '\u007f' => KeyKind.Backspace,
        '\u0001' => KeyKind.Home,
        '\u0002' => KeyKind.Left,
        '\u0003' => KeyKind.Interrupt,
        '\u0004' => KeyKind.EndOfInput,
        '\u0005' => KeyKind.End,
        '\u0006' => KeyKind.Right,
        '\u000b' => KeyKind.DeleteToEnd,
        '\u000c' => KeyKind.Redraw,
        '\u000e' => KeyKind.Later,
        '\u0010' => KeyKind.Earlier,
        '\u0015' => KeyKind.DeleteToStart,
        '\u0017' => KeyKind.DeleteWordBefore,
        '\u0019' => KeyKind.Yank,
        '\u001a' => KeyKind.Suspend,
        _ => null,
    };

    private static KeyKind? OfAlt(char character) => character switch
    {
        'b' or 'B' => KeyKind.WordLeft,
        'f' or 'F' => KeyKind.WordRight,
        'd' or 'D' => KeyKind.DeleteWordAfter,
        'a' or 'A' => KeyKind.UnreadTalk,
        '\b' or '\u007f' => KeyKind.DeleteWordBefore,
        '\r' or '\n' => KeyKind.NewLine,
        _ => null,
    };

    // What comes after ESC [ or ESC O; a modifier other than Shift makes words of characters, and conversations of lines.
    private static KeyKind? OfSequence(string whole)
    {
        var parameters = whole[..^1].Split(';');
        var isWord = parameters is [_, "3" or "5" or "7"];
        return (whole[^1], parameters[0]) switch
        {
            ('A', _) => isWord ? KeyKind.PreviousTalk : KeyKind.Earlier,
            ('B', _) => isWord ? KeyKind.NextTalk : KeyKind.Later,
            ('C', _) => isWord ? KeyKind.WordRight : KeyKind.Right,
            ('D', _) => isWord ? KeyKind.WordLeft : KeyKind.Left,
            ('H', _) or ('~', "1" or "7") => KeyKind.Home,
            ('F', _) or ('~', "4" or "8") => KeyKind.End,
            ('~', "3") => isWord ? KeyKind.DeleteWordAfter : KeyKind.Delete,
            ('~', "5") => KeyKind.PageUp,
            ('~', "6") => KeyKind.PageDown,
            ('M', "") => KeyKind.Enter,
            _ => null,
        };
    }
}
