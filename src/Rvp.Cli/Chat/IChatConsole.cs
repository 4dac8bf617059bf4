namespace Rvp.Cli.Chat;

/// <summary>Where the lines of a chat are shown and typed.</summary>
internal interface IChatConsole : IDisposable
{
    /// <summary>Whether a line that was typed is gone once it is entered, so that it is to be shown with the others.</summary>
    bool IsEdited { get; }

    /// <summary>Cancelled when the user wants to end at once.</summary>
    CancellationToken Interrupted { get; }

    /// <summary>Called with what has been typed so far, at each change of it.</summary>
    Action<string> Typed { set; }

    /// <summary>Who is there, a line each, for consoles that show it.</summary>
    Func<IReadOnlyList<string>> People { set; }

    /// <summary>Called at each key.</summary>
    Action Used { set; }

    /// <summary>Shows a line, above what is being typed.</summary>
    void WriteLine(string line);

    /// <summary>What stands before the typed line.</summary>
    void SetPrompt(string text);

    /// <summary>What is going on just now; empty for nothing.</summary>
    void SetStatus(string text);

    /// <summary>The next line that the user enters; null at the end.</summary>
    ValueTask<string?> ReadLineAsync(CancellationToken stop);
}
