using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>The rows on which a prompt and the text after it stand, and where the cursor is.</summary>
/// <param name="Rows">What each row shows: the prompt is at the beginning of the first one.</param>
/// <param name="CursorRow">The cursor's row.</param>
/// <param name="CursorColumn">The cells before the cursor.</param>
internal sealed record InputLayout(IReadOnlyList<string> Rows, int CursorRow, int CursorColumn)
{
    /// <summary>Lays out a text for a terminal of so many columns; at most so many rows around the cursor.</summary>
    public static InputLayout Of(string prompt, string text, int cursor, int columns, int maxRows)
    {
        var rows = new List<string>();
        var row = new StringBuilder(prompt);
        var used = TextCells.Of(prompt);
        (int Row, int Column) at = (0, used);
        var index = 0;
        foreach (var character in TextCells.Characters(text))
        {
            var shown = character == "\n" ? "" : SafeText.Line(character);
            var cells = TextCells.Of(shown);
            // The cursor needs a cell of its own.
            if (used + (index == cursor ? Math.Max(cells, 1) : cells) > columns) EndRow();
            if (index == cursor) at = (rows.Count, used);
            index += character.Length;
            if (character == "\n") EndRow();
            row.Append(shown);
            used += cells;
        }
        if (used == columns) EndRow();
        if (index == cursor) at = (rows.Count, used);
        EndRow();
        var first = Math.Clamp(at.Row - maxRows + 1, 0, rows.Count);
        return new InputLayout(rows.GetRange(first, Math.Min(maxRows, rows.Count - first)), at.Row - first, at.Column);

        void EndRow()
        {
            rows.Add(row.ToString());
            row.Clear();
            used = 0;
        }
    }
}
