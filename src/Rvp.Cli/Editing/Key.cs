namespace Rvp.Cli.Editing;

/// <summary>A key, or a text that was typed or pasted.</summary>
internal readonly record struct Key(KeyKind Kind, string Text = "");
