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

    /// <summary>Goes to a conversation: the typed line is for it. Null: there is none.</summary>
    public void Show(Talk? talk) => Console.Show(talk, talk is null ? "> " : SafeText.Line($"to {talk.Names}> "));

    /// <summary>Shows again what may have changed.</summary>
    public void Refresh() => Console.Refresh();

    /// <summary>Someone said something.</summary>
    /// <param name="talk">Where; null: nowhere.</param>
    /// <param name="number">The conversation's number, by which the user goes there; 0: it is shown.</param>
    /// <param name="who">The speaker.</param>
    /// <param name="text">The text.</param>
    /// <param name="sentAt">When.</param>
    public void Say(Talk? talk, int number, string who, string text, DateTimeOffset sentAt)
    {
        var name = SafeText.Line(who);
        Console.SetStatus(number > 0 && Console.HasLogs ? $"{name} has written: Alt-A, or /{number}" : "");
        Write(talk, number > 0 && !Console.HasLogs ? $"[/{number}] " : "", name, Bold + ColourOf(name), text, sentAt);
    }

    /// <summary>What the user says, where the typed line does not stay; to whom, where that is not clear.</summary>
    public void SayOwn(Talk talk, bool saysTo, string text)
    {
        if (Console.IsEdited) Write(talk, "", SafeText.Line(saysTo ? "you to " + talk.Names : "you"), Bold, text, terminal.Clock.GetUtcNow());
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

    /// <summary>Shows an event, or a line from the program itself: in a conversation, or in the one that is shown.</summary>
    public void Note(string line, Talk? talk = null) => Console.WriteLine(Paint(Dim, "* " + SafeText.Line(line)), talk);

    /// <summary>Shows an error.</summary>
    public void Complain(string line, Talk? talk = null) => Note("! " + line, talk);

    public void Dispose()
    {
        typingIsOver.Dispose();
        Console.Dispose();
    }

    private void Write(Talk? talk, string tag, string name, string colour, string text, DateTimeOffset at)
    {
        var time = MessageTime.Of(at, terminal.Clock, between: ' ');
        var lines = SafeText.Lines(text).ToList();
        var head = $"{time} {tag}{name}: ".Length;
        var indent = terminal.Screen is { } screen && head > screen.Columns / 2 ? IndentAtNarrow : head;
        lock (gate)
        {
            Console.WriteLine(Paint(Dim, time + " " + tag) + Paint(colour, name + ":") + " " + lines[0], talk);
            foreach (var line in lines.Skip(1)) Console.WriteLine(new string(' ', indent) + line, talk);
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
