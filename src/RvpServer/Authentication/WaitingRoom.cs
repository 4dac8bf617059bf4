namespace RvpServer.Authentication;

/// <summary>
/// Guesses that wait for a token: of those that wait for the same the one with the fewest tries comes first. Bounded; where it is full who has the most
/// leaves. Not thread-safe.
/// </summary>
internal sealed class WaitingRoom
{
    // Each is a request that is held for seconds.
    private const int MaxWaiting = 256;
    private const int MaxPerQueue = 16;

    private readonly List<Guess> waiting = [];

    /// <summary>Whether anybody waits for the same.</summary>
    public bool HasWaiting(Guess guess) => waiting.Count > 0 && First(guess.Queue) is not null;

    /// <summary>Who comes first; null if nobody waits.</summary>
    public Guess? First(string queue)
    {
        Guess? first = null;
        foreach (var guess in waiting)
            if (guess.Queue == queue && (first is null || guess.Tries.CompareTo(first.Tries) < 0)) first = guess;
        return first;
    }

    /// <summary>Lets one in; false if all places are taken by others with no more tries.</summary>
    public bool TryEnter(Guess guess)
    {
        var ofQueue = waiting.Count(other => other.Queue == guess.Queue);
        if (ofQueue >= MaxPerQueue || waiting.Count >= MaxWaiting)
        {
            var last = waiting.Where(other => ofQueue < MaxPerQueue || other.Queue == guess.Queue).MaxBy(other => other.Tries);
            if (last is null || last.Tries.CompareTo(guess.Tries) <= 0) return false;
            waiting.Remove(last);
            last.Leave();
        }
        waiting.Add(guess);
        return true;
    }

    /// <summary>One does not wait any more.</summary>
    public void Remove(Guess guess) => waiting.Remove(guess);
}
