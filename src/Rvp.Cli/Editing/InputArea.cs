using System.Text;

namespace Rvp.Cli.Editing;

/// <summary>
/// The area at the bottom of a terminal where a line is written, with a status above it. Gives what to write to draw it and to take it away again; what was
/// written above it stays.
/// </summary>
internal sealed class InputArea
{
    private const char ToColumnOne = '\r';
    private const string ClearBelow = "\u001b[J";
    private const string Dim = "\u001b[2m";
    private const string Reset = "\u001b[0m";

    // How many cells of each row above the cursor were used, and how many before the cursor; null where nothing is drawn.
    private (int[] Above, int Before)? drawn;

    /// <summary>Takes the area away: the cursor is where its first row was.</summary>
    /// <param name="columns">The columns now. Terminals wrap the rows that have become too long for a narrower window.</param>
    public string Erase(int columns)
    {
        if (drawn is not var (above, before)) return "";
        var up = above.Sum(cells => Math.Max(1, (cells + columns - 1) / columns)) + (before / columns);
        drawn = null;
        return $"{ToColumnOne}{(up > 0 ? $"\u001b[{up}A" : "")}{ClearBelow}";
    }

    /// <summary>Draws it where the cursor is, at the beginning of a row, and leaves the cursor in the text.</summary>
    public string Draw(InputLayout layout, string prompt, string status, int columns, bool hasColours)
    {
        var output = new StringBuilder();
        List<string> rows = [.. layout.Rows];
        if (status.Length > 0)
        {
            var shown = TextCells.Fit(status, columns - 1);
            output.Append(hasColours ? Dim + shown + Reset : shown).Append("\r\n");
            rows.Insert(0, shown);
        }
        var first = layout.Rows[0];
        if (hasColours && prompt.Length > 0 && first.StartsWith(prompt, StringComparison.Ordinal)) first = Dim + prompt + Reset + first[prompt.Length..];
        output.Append(first);
        foreach (var row in layout.Rows.Skip(1)) output.Append("\r\n").Append(row);
        if (layout.Rows.Count - 1 - layout.CursorRow is > 0 and var up) output.Append($"\u001b[{up}A");
        output.Append(ToColumnOne);
        if (layout.CursorColumn > 0) output.Append($"\u001b[{layout.CursorColumn}C");
        drawn = ([.. rows.Take(rows.Count - layout.Rows.Count + layout.CursorRow).Select(TextCells.Of)], layout.CursorColumn);
        return output.ToString();
    }
}
