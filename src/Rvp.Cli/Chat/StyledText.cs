using System.Text;
using Rvp.Cli.Editing;

namespace Rvp.Cli.Chat;

/// <summary>Text with colours of ours in it.</summary>
internal static class StyledText
{
    private const char Escape = '\u001b';
    private const string Reset = "\u001b[0m";

    /// <summary>The rows that a line takes; each has its colours for itself. At least one.</summary>
    public static List<string> Wrap(string line, int columns)
    {
        var rows = new List<string>();
        var row = new StringBuilder();
        var style = "";
        var used = 0;
        foreach (var part in Parts(line))
        {
            if (part[0] == Escape)
            {
                style = part == Reset ? "" : style + part;
                row.Append(part);
                continue;
            }
            var cells = TextCells.OfCharacter(part);
            if (used + cells > columns && used > 0)
            {
                rows.Add(row + (style.Length > 0 ? Reset : ""));
                row.Clear().Append(style);
                used = 0;
            }
            row.Append(part);
            used += cells;
        }
        rows.Add(row.ToString());
        return rows;
    }

    // Sequences that set a colour, and characters.
    private static IEnumerable<string> Parts(string line)
    {
        var at = 0;
        while (at < line.Length)
        {
            var next = line.IndexOf(Escape, at);
            foreach (var character in TextCells.Characters(next < 0 ? line[at..] : line[at..next])) yield return character;
            if (next < 0) yield break;
            at = line.IndexOf('m', next) + 1;
            yield return line[next..at];
        }
    }
}
