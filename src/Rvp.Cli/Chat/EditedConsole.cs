using System.Threading.Channels;
using Rvp.Cli.Editing;

namespace Rvp.Cli.Chat;

/// <summary>A terminal: what is being typed stays whole at the bottom, lines appear above it.</summary>
internal sealed class EditedConsole : IChatConsole
{
    private const string ClearScreen = "\u001b[H\u001b[2J";

    private readonly IScreen screen;
    private readonly bool hasColours;
    private readonly IDisposable taken;
    private readonly Lock gate = new();
    private readonly KeyDecoder decoder = new();
    private readonly LineEditor editor = new();
    private readonly InputArea area = new();
    private readonly Channel<string> entered = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource interrupted = new();
    private string prompt = "";
    private string status = "";
    private bool isOver;

    public EditedConsole(IScreen screen, bool hasColours)
    {
        (this.screen, this.hasColours) = (screen, hasColours);
        taken = screen.TakeKeys(() => Update(() => { }));
        // On its own thread, which ends with the program: reading from a terminal cannot be cancelled.
        _ = Task.Factory.StartNew(ReadKeys, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public bool IsEdited => true;

    public CancellationToken Interrupted => interrupted.Token;

    public Action<string> Typed { private get; set; } = _ => { };

    public void WriteLine(string line) => Update(() => screen.Write(line + "\r\n"));

    public void SetPrompt(string text) => Update(() => prompt = text);

    public void SetStatus(string text) => Update(() => status = text);

    public async ValueTask<string?> ReadLineAsync(CancellationToken stop) =>
        await entered.Reader.WaitToReadAsync(stop) && entered.Reader.TryRead(out var line) ? line : null;

    public void Dispose()
    {
        lock (gate)
        {
            if (isOver) return;
            isOver = true;
            screen.Write(area.Erase(screen.Columns));
            taken.Dispose();
        }
        interrupted.Dispose();
    }

    private void ReadKeys()
    {
        var buffer = new byte[4096];
        while (screen.Read(buffer) is > 0 and var length)
            foreach (var key in decoder.Take(buffer.AsSpan(0, length))) Take(key);
        entered.Writer.TryComplete();
    }

    private void Take(Key key)
    {
        var edited = Edited.Nothing;
        if (key.Kind == KeyKind.Suspend) Suspend();
        else if (key.Kind == KeyKind.Redraw) Update(() => screen.Write(ClearScreen));
        else Update(() => edited = Edit(key));
        if (edited == Edited.Changed) Typed(editor.Text);
        if (edited != Edited.Ended) return;
        entered.Writer.TryComplete();
        if (key.Kind == KeyKind.Interrupt && !isOver) interrupted.Cancel();
    }

    private Edited Edit(Key key)
    {
        var edited = editor.Take(key);
        if (edited == Edited.Entered) entered.Writer.TryWrite(editor.TakeLine());
        return edited;
    }

    private void Suspend()
    {
        lock (gate) screen.Write(area.Erase(screen.Columns));
        screen.Suspend();
    }

    // Takes the input area away, does something, and draws it again as it is then.
    private void Update(Action action)
    {
        lock (gate)
        {
            if (isOver) return;
            var columns = screen.Columns;
            screen.Write(area.Erase(columns));
            action();
            var shownPrompt = TextCells.Fit(prompt, columns / 2);
            var layout = InputLayout.Of(shownPrompt, editor.Text, editor.Cursor, columns, Math.Max(1, screen.Rows - 1));
            screen.Write(area.Draw(layout, shownPrompt, status, columns, hasColours));
        }
    }
}
