using Rvp.Cli.Editing;

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

    /// <summary>Whether it keeps what was said in each conversation apart; else all stands one after the other.</summary>
    bool HasLogs { get; }

    /// <summary>Who is there, a line each, for consoles that show it.</summary>
    Func<IReadOnlyList<string>> People { set; }

    /// <summary>How many messages are unread, and the conversations on one line, for consoles that show it.</summary>
    Func<(int Unread, string Names)> Talks { set; }

    /// <summary>Called with a key that goes to another conversation.</summary>
    Action<Key> Switching { set; }

    /// <summary>Called at each key.</summary>
    Action Used { set; }

    /// <summary>Shows a line, above what is being typed: in a conversation, or in the one that is shown.</summary>
    void WriteLine(string line, Talk? talk = null);

    /// <summary>Goes to a conversation: what stands before the typed line, and what was begun there.</summary>
    void Show(Talk? talk, string prompt);

    /// <summary>Shows again what <see cref="Talks"/> and <see cref="People"/> say now.</summary>
    void Refresh();

    /// <summary>What is going on just now; empty for nothing.</summary>
    void SetStatus(string text);

    /// <summary>The next line that the user enters; null at the end.</summary>
    ValueTask<string?> ReadLineAsync(CancellationToken stop);
}
