using Rvp.Cli.Editing;

namespace Rvp.Cli.Chat;

/// <summary>Pipes, and terminals that cannot be drawn on: a line after the other.</summary>
internal sealed class PlainConsole(Terminal terminal) : IChatConsole
{
    public bool IsEdited => false;

    public CancellationToken Interrupted => CancellationToken.None;

    // Who pipes a chat does not type.
    public Action<string> Typed
    {
        set { }
    }

    public bool HasLogs => false;

    public Func<IReadOnlyList<string>> People
    {
        set { }
    }

    public Func<(int Unread, string Names)> Talks
    {
        set { }
    }

    public Action<Key> Switching
    {
        set { }
    }

    public Action Used
    {
        set { }
    }

    public void WriteLine(string line, Talk? talk)
    {
        terminal.Out.WriteLine(line);
        terminal.Out.Flush();
    }

    public void Show(Talk? talk, string prompt)
    {
    }

    public void Refresh()
    {
    }

    public void SetStatus(string text)
    {
    }

    public ValueTask<string?> ReadLineAsync(CancellationToken stop) => terminal.In.ReadLineAsync(stop);

    public void Dispose()
    {
    }
}
