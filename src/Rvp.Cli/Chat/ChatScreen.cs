using System.Globalization;

namespace Rvp.Cli.Chat;

/// <summary>Shows a chat on a terminal, or as plain text without one. All text from others is made harmless here.</summary>
internal sealed class ChatScreen(Terminal terminal)
{
    private const string Reset = "\u001b[0m";
    private const string Dim = "\u001b[2m";
    private const string Bold = "\u001b[1m";
    private const string ClearLine = "\r\u001b[K";

    // Readable on a dark and on a light background.
    private static readonly string[] Colours = ["\u001b[36m", "\u001b[35m", "\u001b[32m", "\u001b[34m", "\u001b[33m"];

    private readonly Lock gate = new();
    private readonly Dictionary<string, string> colourOf = new(StringComparer.OrdinalIgnoreCase);
    private string prompt = "";

    /// <summary>The text before the cursor; shown only on a terminal.</summary>
    public void Prompt(string text)
    {
        lock (gate)
        {
            prompt = terminal.IsInteractive && terminal.HasColours ? text : "";
            ShowPrompt();
        }
    }

    /// <summary>Someone said something.</summary>
    /// <param name="tag">The conversation, if it is not the current one.</param>
    /// <param name="who">The speaker.</param>
    /// <param name="text">The text.</param>
    public void Say(string tag, string who, string text)
    {
        var name = SafeText.Line(who);
        var time = terminal.Clock.GetLocalNow().ToString("HH:mm", CultureInfo.InvariantCulture);
        var lines = SafeText.Lines(text).ToList();
        var head = $"{time} {tag}{name}: ";
        lock (gate)
        {
            Write(Paint(Dim, time + " " + tag) + Paint(Bold + ColourOf(name), name + ":") + " " + lines[0]);
            foreach (var line in lines.Skip(1)) Write(new string(' ', head.Length) + line);
            ShowPrompt();
        }
    }

    /// <summary>Shows an event, or a line from the program itself.</summary>
    public void Note(string line)
    {
        lock (gate)
        {
            Write(Paint(Dim, "* " + SafeText.Line(line)));
            ShowPrompt();
        }
    }

    /// <summary>Shows an error.</summary>
    public void Complain(string line) => Note("! " + line);

    private void Write(string line)
    {
        terminal.Out.WriteLine(prompt.Length > 0 ? ClearLine + line : line);
        terminal.Out.Flush();
    }

    private void ShowPrompt()
    {
        if (prompt.Length == 0) return;
        terminal.Out.Write(ClearLine + Paint(Dim, prompt));
        terminal.Out.Flush();
    }

    private string Paint(string code, string text) => terminal.HasColours ? code + text + Reset : text;

    private string ColourOf(string name)
    {
        if (colourOf.TryGetValue(name, out var colour)) return colour;
        if (colourOf.Count >= 1000) colourOf.Clear();
        return colourOf[name] = Colours[colourOf.Count % Colours.Length];
    }
}
