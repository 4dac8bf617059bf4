using System.Runtime.CompilerServices;
using System.Text;
using Rvp.Cli.Editing;

namespace Rvp.Cli.Chat;

/// <summary>
/// A terminal's whole window: a title with the conversations, what was said in the one that is shown, on demand who is there, a status and the line being
/// typed.
/// </summary>
internal sealed class FullScreenConsole(IScreen screen, string title, bool hasColours) : TypedConsole(screen, isWhole: true)
{
    private const int PeopleColumns = 28;
    private const int MinColumnsBeside = 70;
    private const string Reverse = "\u001b[7m";
    private const string Dim = "\u001b[2m";
    private const string ClearRow = "\u001b[2K"; // Before it is written: behind a full row some terminals clear its last cell.
    private const string Reset = "\u001b[0m";
    private const string Hint = "Tab: who is there. PgUp, PgDn: read back. /help";

    private readonly ConditionalWeakTable<Talk, ChatLog> logs = [];
    // Where no conversation is shown.
    private readonly ChatLog bare = new();
    private bool showsPeople;
    private int rowsBack;

    protected override void Erase()
    {
        // Everything is drawn over.
    }

    protected override void Append(string line, Talk? talk)
    {
        var log = LogOf(talk ?? Shown);
        log.Add(line);
        // Who reads back goes on reading.
        if (rowsBack > 0 && log == LogOf(Shown)) rowsBack += StyledText.Wrap(line, LogColumns).Count;
    }

    protected override void Turn() => rowsBack = 0;

    protected override bool TakeOwn(Key key)
    {
        var page = Math.Max(1, Screen.Rows - 4);
        switch (key.Kind)
        {
            case KeyKind.Tab: showsPeople = !showsPeople; break;
            case KeyKind.PageUp: rowsBack += page; break;
            case KeyKind.PageDown: rowsBack = Math.Max(0, rowsBack - page); break;
            case KeyKind.Redraw: break;
            default: return false;
        }
        return true;
    }

    protected override void Draw()
    {
        var (columns, rows) = (Screen.Columns, Screen.Rows);
        var prompt = TextCells.Fit(Prompt, columns / 2);
        var input = InputLayout.Of(prompt, Editor.Text, Editor.Cursor, columns, Math.Max(1, rows / 3));
        var logRows = Math.Max(0, rows - input.Rows.Count - 2);
        var log = Log(logRows);
        var people = showsPeople ? People() : [];
        var output = new StringBuilder("\u001b[H");
        if (rows > 1) AppendRow(output, Paint(Reverse, Pad(Title(), columns)));
        for (var row = 0; row < logRows; row++)
        {
            var person = row < people.Count ? people[row] : "";
            AppendRow(output,
                !showsPeople ? log[row]
                : !IsBeside ? TextCells.Fit(person, columns)
                : $"{log[row]}\u001b[{LogColumns + 1}G{Paint(Dim, "|")} {TextCells.Fit(person, PeopleColumns - 2)}");
        }
        if (rows > 2) AppendRow(output, Paint(Dim, TextCells.Fit(StatusLine(), columns)));
        output.Append(ClearRow).AppendJoin("\r\n" + ClearRow, input.Rows);
        Screen.Write(output.Append($"\u001b[{rows - input.Rows.Count + input.CursorRow + 1};{input.CursorColumn + 1}H").ToString());
    }

    public override bool HasLogs => true;

    private bool IsBeside => Screen.Columns >= MinColumnsBeside;

    private int LogColumns => showsPeople && IsBeside ? Screen.Columns - PeopleColumns : Screen.Columns;

    // The last rows of what was said, or those before them; fewer than there is room for stand at the bottom.
    private List<string> Log(int rows)
    {
        var wrapped = LogOf(Shown).Rows(LogColumns);
        rowsBack = Math.Clamp(rowsBack, 0, Math.Max(0, wrapped.Count - rows));
        var end = wrapped.Count - rowsBack;
        var shown = wrapped.GetRange(Math.Max(0, end - rows), Math.Min(rows, end));
        return [.. Enumerable.Repeat("", rows - shown.Count), .. shown];
    }

    private ChatLog LogOf(Talk? talk) => talk is null ? bare : logs.GetOrCreateValue(talk);

    private string Title()
    {
        var (unread, names) = Talks();
        return $"{(unread > 0 ? $"({unread}) " : "")}{title}  {SafeText.Line(names)}".TrimEnd();
    }

    private string StatusLine() => rowsBack > 0 ? $"{rowsBack} rows further down. PgDn" : Status.Length > 0 ? Status : Hint;

    private string Paint(string code, string text) => hasColours || code == Reverse ? code + text + Reset : text;

    private static string Pad(string text, int columns)
    {
        var shown = TextCells.Fit(text, columns);
        return shown + new string(' ', columns - TextCells.Of(shown));
    }

    private static void AppendRow(StringBuilder output, string row) => output.Append(ClearRow).Append(row).Append("\r\n");
}
