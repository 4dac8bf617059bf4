using System.Globalization;
using System.Text;

namespace Rvp.Testing.Terminals;

/// <summary>As much of a terminal as <c>rvp</c> needs: what it writes becomes rows, which wrap anew when the window gets another width.</summary>
internal sealed class Emulator(int columns, int rows)
{
    private readonly Lock gate = new();
    private readonly HashSet<string> modes = [];
    private readonly StringBuilder sequence = new();
    private List<Row> lines = [new()];
    private (List<Row> Lines, int Line, int Column)? main;
    private int line;
    private int column;

    public int Columns { get; private set; } = columns;

    public int Rows { get; private set; } = rows;

    /// <summary>The rows that can be seen, down to the last that is not empty.</summary>
    public string Shown
    {
        get { lock (gate) return string.Join('\n', lines.Skip(Top).Select(row => row.ToString())).TrimEnd('\n'); }
    }

    /// <summary>All rows, those that have scrolled away as well.</summary>
    public string All
    {
        get { lock (gate) return string.Join('\n', lines.Select(row => row.ToString())).TrimEnd('\n'); }
    }

    /// <summary>The row where the cursor is, with the cursor in it as a bar.</summary>
    public string CursorRow
    {
        get
        {
            lock (gate)
            {
                var cells = lines[line].Cells;
                return string.Concat(cells.Take(column)) + new string(' ', Math.Max(0, column - cells.Count)) + "|" + string.Concat(cells.Skip(column));
            }
        }
    }

    /// <summary>Whether a private mode is on, such as 2004 for pastes in brackets.</summary>
    public bool Has(string mode)
    {
        lock (gate) return modes.Contains(mode);
    }

    public void Write(string text)
    {
        lock (gate)
            foreach (var rune in text.EnumerateRunes()) Write(rune);
    }

    public void Resize(int columns, int rows)
    {
        lock (gate)
        {
            if (modes.Contains("?1049"))
            {
                // A window of a program's own is cut: the program draws it anew.
                (Columns, Rows) = (columns, rows);
                lines = [.. lines.Take(rows)];
                foreach (var row in lines) row.Cut(columns);
                (line, column) = (Math.Min(line, lines.Count - 1), Math.Min(column, columns - 1));
                return;
            }
            var (was, wasLine, wasColumn) = (lines, line, column);
            (lines, Columns, Rows) = ([], columns, rows);
            var at = 0;
            while (at < was.Count)
            {
                // One line as it was written, however many rows it took.
                List<string> cells = [];
                int? cursor = null;
                for (var isWhole = false; !isWhole; at++)
                {
                    if (at == wasLine) cursor = cells.Count + wasColumn;
                    cells.AddRange(was[at].Cells);
                    isWhole = !was[at].Wraps;
                }
                var first = lines.Count;
                foreach (var piece in cells.Count == 0 ? [[]] : cells.Chunk(columns)) lines.Add(new Row { Cells = [.. piece], Wraps = true });
                lines[^1].Wraps = false;
                if (cursor is not { } place) continue;
                (line, column) = (first + (place / columns), place % columns);
                while (line >= lines.Count) lines.Add(new Row());
            }
        }
    }

    private int Top => Math.Max(0, lines.Count - Rows);

    private void Write(Rune rune)
    {
        if (sequence.Length > 0) Continue(rune);
        else if (rune.Value == '\u001b') sequence.Append(rune);
        else if (rune.Value == '\r') column = 0;
        else if (rune.Value == '\n') LineFeed();
        else if (rune.Value == '\b') column = Math.Max(0, column - 1);
        else if (!Rune.IsControl(rune)) Print(rune);
    }

    private void Continue(Rune rune)
    {
        sequence.Append(rune);
        if (sequence.Length == 2 && rune.Value != '[')
        {
            if (rune.Value is not ('=' or '>')) throw new InvalidOperationException($"This terminal does not know ESC {rune}.");
            sequence.Clear();
        }
        if (sequence.Length < 3 || rune.Value is < '@' or > '~') return;
        var parameters = sequence.ToString(2, sequence.Length - 3);
        sequence.Clear();
        Do((char)rune.Value, parameters);
    }

    private void Do(char command, string parameters)
    {
        var numbers = parameters.TrimStart('?').Split(';')
            .Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : 0).ToArray();
        var count = Math.Max(1, numbers[0]);
        switch (command)
        {
            case 'A': line = Math.Max(Top, line - count); break;
            case 'B': line = Math.Min(lines.Count - 1, line + count); break;
            case 'C': column = Math.Min(Columns - 1, column + count); break;
            case 'D': column = Math.Max(0, column - count); break;
            case 'G': column = Math.Min(Columns, count) - 1; break;
            case 'H': GoTo(count - 1, numbers.Length > 1 ? Math.Max(1, numbers[1]) - 1 : 0); break;
            case 'J' when numbers[0] == 2: Clear(Top, 0); break;
            case 'J': Clear(line, column); break;
            case 'K': lines[line].Cut(numbers[0] == 2 ? 0 : column); break;
            case 'm' or 't': break;
            case 'h' or 'l': SetMode(parameters, command == 'h'); break;
            default: throw new InvalidOperationException($"This terminal does not know CSI {parameters}{command}.");
        }
    }

    private void SetMode(string mode, bool isOn)
    {
        if (mode == "?1049" && isOn != modes.Contains(mode)) Alternate(isOn);
        if (isOn) modes.Add(mode);
        else modes.Remove(mode);
    }

    private void Alternate(bool isOn)
    {
        if (isOn)
        {
            main = (lines, line, column);
            (lines, line, column) = ([new()], 0, 0);
        }
        else if (main is var (wasLines, wasLine, wasColumn))
        {
            (lines, line, column) = (wasLines, wasLine, wasColumn);
        }
    }

    private void GoTo(int row, int place)
    {
        var top = Top;
        line = top + Math.Min(row, Rows - 1);
        while (line >= lines.Count) lines.Add(new Row());
        column = Math.Min(place, Columns - 1);
    }

    private void Clear(int from, int place)
    {
        lines[from].Cut(place);
        for (var below = from + 1; below < lines.Count; below++) lines[below].Cut(0);
    }

    private void LineFeed()
    {
        if (++line == lines.Count) lines.Add(new Row());
    }

    private void Print(Rune rune)
    {
        var cells = lines[line].Cells;
        // A mark, a joiner and what is joined by it belong to the cell before.
        var before = Math.Min(column, cells.Count) - 1;
        while (before > 0 && cells[before].Length == 0) before--;
        if (before >= 0 && (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format or UnicodeCategory.EnclosingMark
            || rune.Value is >= 0x1F3FB and <= 0x1F3FF || cells[before].EndsWith('\u200d')))
        {
            cells[before] += rune;
            return;
        }
        var width = rune.Value is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0xA4CF) or (>= 0xAC00 and <= 0xD7A3) or (>= 0xFF01 and <= 0xFF60)
            or (>= 0x1F300 and <= 0x1FAFF) ? 2 : 1;
        if (column + width > Columns)
        {
            lines[line].Wraps = true;
            LineFeed();
            column = 0;
        }
        lines[line].Put(column, rune.ToString(), width);
        column += width;
    }

    private sealed class Row
    {
        public List<string> Cells { get; init; } = [];

        public bool Wraps { get; set; }

        public void Put(int column, string character, int width)
        {
            while (Cells.Count < column + width) Cells.Add(" ");
            Cells[column] = character;
            if (width == 2) Cells[column + 1] = "";
        }

        public void Cut(int column)
        {
            if (column < Cells.Count) Cells.RemoveRange(column, Cells.Count - column);
            Wraps = false;
        }

        public override string ToString() => string.Concat(Cells).TrimEnd();
    }
}
