using System.Threading.Channels;
using Rvp.Cli.Editing;

namespace Rvp.Cli.Chat;

/// <summary>A terminal where a line is edited while others appear; how it looks is for those who derive from it.</summary>
internal abstract class TypedConsole : IChatConsole
{
    private readonly IDisposable taken;
    private readonly KeyDecoder decoder = new();
    private readonly Channel<string> entered = Channel.CreateUnbounded<string>();
    private readonly CancellationTokenSource interrupted = new();
    private readonly Lock gate = new();
    private bool isOver;

    protected TypedConsole(IScreen screen, bool isWhole)
    {
        Screen = screen;
        taken = screen.TakeKeys(isWhole, () => Update(() => { }));
        // On its own thread, which ends with the program: reading from a terminal cannot be cancelled.
        _ = Task.Factory.StartNew(ReadKeys, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public bool IsEdited => true;

    public CancellationToken Interrupted => interrupted.Token;

    public Action<string> Typed { private get; set; } = _ => { };

    public Action Used { private get; set; } = () => { };

    public Func<IReadOnlyList<string>> People { protected get; set; } = () => [];

    protected IScreen Screen { get; }

    protected LineEditor Editor { get; } = new();

    protected string Prompt { get; private set; } = "";

    protected string Status { get; private set; } = "";

    public void WriteLine(string line) => Update(() => Append(line));

    public void SetPrompt(string text) => Update(() => Prompt = text);

    public void SetStatus(string text) => Update(() => Status = text);

    public async ValueTask<string?> ReadLineAsync(CancellationToken stop) =>
        await entered.Reader.WaitToReadAsync(stop) && entered.Reader.TryRead(out var line) ? line : null;

    public void Dispose()
    {
        lock (gate)
        {
            if (isOver) return;
            isOver = true;
            Erase();
            taken.Dispose();
        }
        interrupted.Dispose();
    }

    /// <summary>Takes away what <see cref="Draw"/> has drawn.</summary>
    protected abstract void Erase();

    /// <summary>Shows a line, after <see cref="Erase"/>.</summary>
    protected abstract void Append(string line);

    /// <summary>Shows everything as it is now.</summary>
    protected abstract void Draw();

    /// <summary>Takes a key that is for the window and not for the line; false if it is not.</summary>
    protected virtual bool TakeOwn(Key key) => false;

    private void ReadKeys()
    {
        var buffer = new byte[4096];
        while (Screen.Read(buffer) is > 0 and var length)
            foreach (var key in decoder.Take(buffer.AsSpan(0, length))) Take(key);
        entered.Writer.TryComplete();
    }

    private void Take(Key key)
    {
        Used();
        var edited = Edited.Nothing;
        if (key.Kind == KeyKind.Suspend) Suspend();
        else Update(() => edited = TakeOwn(key) ? Edited.Nothing : Edit(key));
        if (edited == Edited.Changed) Typed(Editor.Text);
        if (edited != Edited.Ended) return;
        entered.Writer.TryComplete();
        if (key.Kind == KeyKind.Interrupt && !isOver) interrupted.Cancel();
    }

    private Edited Edit(Key key)
    {
        var edited = Editor.Take(key);
        if (edited == Edited.Entered) entered.Writer.TryWrite(Editor.TakeLine());
        return edited;
    }

    private void Suspend()
    {
        lock (gate) Erase();
        Screen.Suspend();
    }

    private void Update(Action action)
    {
        lock (gate)
        {
            if (isOver) return;
            Erase();
            action();
            Draw();
        }
    }
}
