namespace Rvp.Cli.Editing;

/// <summary>What a key means to a line of text.</summary>
internal enum KeyKind
{
    Text,
    Paste,
    Enter,
    NewLine,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Earlier,
    Later,
    Backspace,
    Delete,
    DeleteWordBefore,
    DeleteWordAfter,
    DeleteToStart,
    DeleteToEnd,
    Yank,
    Redraw,
    PageUp,
    PageDown,
    Tab,
    Interrupt,
    EndOfInput,
    Suspend,
}
