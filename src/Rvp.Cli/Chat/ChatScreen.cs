using System.Globalization;

namespace Rvp.Cli.Chat;

/// <summary>Shows a chat on a terminal, or as plain text without one. All text from others is made harmless here.</summary>
internal sealed class ChatScreen : IDisposable
{
    private const string Reset = "\u001b[0m";
    private const string Dim = "\u001b[2m";
    private const string Bold = "\u001b[1m";
    private const int IndentAtNarrow = 2;

    /// <summary>How long somebody is typing who does not say so again. [client]</summary>
    private static readonly TimeSpan TypingTime = TimeSpan.FromSeconds(5);

    // Readable on a dark and on a light background.
    private static readonly string[] Colours = ["\u001b[36m", "\u001b[35m", "\u001b[32m", "\u001b[34m", "\u001b[33m"];

    private readonly Terminal terminal;
    private readonly Lock gate = new();
    private readonly Dictionary<string, string> colourOf = new(StringComparer.OrdinalIgnoreCase);
    private readonly ITimer typingIsOver;

    /// <param name="terminal">Where it is shown.</param>
    /// <param name="title">What stands above it in a window of its own; null: it is shown among what else the terminal shows.</param>
    public ChatScreen(Terminal terminal, string? title)
    {
        this.terminal = terminal;
        Console = terminal.Screen switch
        {
            null => new PlainConsole(terminal),
            var screen when title is not null => new FullScreenConsole(screen, title, terminal.HasColours),
            var screen => new EditedConsole(screen, terminal.HasColours),
        };
        typingIsOver = terminal.Clock.CreateTimer(_ => Console.SetStatus(""), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public IChatConsole Console { get; }

    /// <summary>The text before the typed line; shown only where that is edited.</summary>
    public void Prompt(string text) => Console.SetPrompt(SafeText.Line(text));

    /// <summary>Someone said something.</summary>
    /// <param name="tag">The conversation, if it is not the current one.</param>
    /// <param name="who">The speaker.</param>
    /// <param name="text">The text.</param>
    public void Say(string tag, string who, string text)
    {
        Console.SetStatus("");
        var name = SafeText.Line(who);
        Write(tag, name, Bold + ColourOf(name), text);
    }

    /// <summary>What the user says, where the typed line does not stay.</summary>
    public void SayOwn(string to, string text)
    {
        if (Console.IsEdited) Write("", SafeText.Line(to.Length > 0 ? "you to " + to : "you"), Bold, text);
    }

    /// <summary>Someone is typing.</summary>
    public void Typing(string who)
    {
        var line = $"{who} is typing …";
        if (!Console.IsEdited)
        {
            Note(line);
            return;
        }
        Console.SetStatus(SafeText.Line(line));
        typingIsOver.Change(TypingTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Shows an event, or a line from the program itself.</summary>
    public void Note(string line) => Console.WriteLine(Paint(Dim, "* " + SafeText.Line(line)));

    /// <summary>Shows an error.</summary>
    public void Complain(string line) => Note("! " + line);

    public void Dispose()
    {
        typingIsOver.Dispose();
        Console.Dispose();
    }

    private void Write(string tag, string name, string colour, string text)
    {
        var time = terminal.Clock.GetLocalNow().ToString("HH:mm", CultureInfo.InvariantCulture);
        var lines = SafeText.Lines(text).ToList();
        var head = $"{time} {tag}{name}: ".Length;
        var indent = terminal.Screen is { } screen && head > screen.Columns / 2 ? IndentAtNarrow : head;
        lock (gate)
        {
            Console.WriteLine(Paint(Dim, time + " " + tag) + Paint(colour, name + ":") + " " + lines[0]);
            foreach (var line in lines.Skip(1)) Console.WriteLine(new string(' ', indent) + line);
        }
    }

    private string Paint(string code, string text) => terminal.HasColours ? code + text + Reset : text;

    private string ColourOf(string name)
    {
        lock (gate)
        {
            if (colourOf.TryGetValue(name, out var colour)) return colour;
            if (colourOf.Count >= 1000) colourOf.Clear();
            return colourOf[name] = Colours[colourOf.Count % Colours.Length];
        }
    }
}
