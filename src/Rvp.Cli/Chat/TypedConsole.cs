using System.Runtime.CompilerServices;
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
    private readonly ConditionalWeakTable<Talk, string> drafts = [];
    private bool isOver;

    protected TypedConsole(IScreen screen, bool isWhole)
    {
        Screen = screen;
        taken = screen.TakeKeys(isWhole, Refresh);
        // On its own thread, which ends with the program: reading from a terminal cannot be cancelled.
        _ = Task.Factory.StartNew(ReadKeys, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public bool IsEdited => true;

    public CancellationToken Interrupted => interrupted.Token;

    public Action<string> Typed { private get; set; } = _ => { };

    public Action Used { private get; set; } = () => { };

    public virtual bool HasLogs => false;

    public Func<IReadOnlyList<string>> People { protected get; set; } = () => [];

    public Func<(int Unread, string Names)> Talks { protected get; set; } = () => (0, "");

    public Action<Key> Switching { private get; set; } = _ => { };

    protected IScreen Screen { get; }

    protected LineEditor Editor { get; } = new();

    protected string Prompt { get; private set; } = "> ";

    /// <summary>The conversation that is shown.</summary>
    protected Talk? Shown { get; private set; }

    protected string Status { get; private set; } = "";

    public void WriteLine(string line, Talk? talk = null) => Update(() => Append(line, talk));

    public void Show(Talk? talk, string prompt) => Update(() =>
    {
        Prompt = prompt;
        if (talk == Shown) return;
        // What was written before there was a conversation is for the first one.
        if (Shown is { } left) drafts.AddOrUpdate(left, Editor.Exchange(talk is not null && drafts.TryGetValue(talk, out var draft) ? draft : ""));
        Shown = talk;
        Turn();
    });

    public void Refresh() => Update(() => { });

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
    /// <param name="line">The line.</param>
    /// <param name="talk">Where it belongs; null: to what is shown.</param>
    protected abstract void Append(string line, Talk? talk);

    /// <summary>Another conversation is shown from now on.</summary>
    protected virtual void Turn()
    {
    }

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
        else if (key.Kind is KeyKind.NextTalk or KeyKind.PreviousTalk or KeyKind.UnreadTalk or KeyKind.NumberedTalk) Switching(key);
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
