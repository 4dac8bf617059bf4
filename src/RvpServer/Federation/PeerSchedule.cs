namespace RvpServer.Federation;

/// <summary>
/// When to try another server again. Longer than for clients: a server that restarts must not cost its people the news, and old clients never
/// notice that some are missing. [client] Pure.
/// </summary>
internal static class PeerSchedule
{
    private const int Attempts = 9;

    private static readonly TimeSpan firstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan maxPause = TimeSpan.FromSeconds(30);

    /// <summary>The pause before the next attempt: doubling, in all about a minute and a half; null when it was the last.</summary>
    /// <param name="made">Attempts made, from 1.</param>
    public static TimeSpan? PauseAfter(int made)
    {
        if (made >= Attempts) return null;
        var pause = firstPause * (1 << (made - 1));
        return pause < maxPause ? pause : maxPause;
    }
}
