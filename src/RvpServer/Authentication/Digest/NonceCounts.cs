namespace RvpServer.Authentication.Digest;

/// <summary>
/// Remembers which counts of a nonce were used, so that no request can be replayed. A nonce is valid for <see cref="MaxAge"/>; a client that wants to use it
/// longer gets <c>stale=true</c> and continues with a new one. At most <paramref name="maxNonces"/> are remembered: when one must be dropped, all nonces issued
/// up to its time that are not remembered count as used.
/// </summary>
internal sealed class NonceCounts(int maxNonces)
{
    /// <summary>
    /// Five minutes. A longer time would save a round trip for clients that keep a nonce, but need memory for every nonce of clients that take a new one each
    /// time.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<Nonce, Window> used = [];
    private readonly Queue<(Nonce Nonce, DateTimeOffset FirstUsedAt)> byFirstUse = new();
    private DateTimeOffset forgottenUpTo = DateTimeOffset.MinValue;

    public int Count
    {
        get
        {
            lock (gate) return used.Count;
        }
    }

    /// <summary>
    /// True the first time this count of this nonce is seen. Counts may arrive out of order within a window of 64, because clients send on several connections
    /// at once. Without a count (RFC 2069) a nonce is valid for one request: nothing else prevents a replay.
    /// </summary>
    public bool TryUse(Nonce nonce, uint? count, DateTimeOffset now)
    {
        lock (gate)
        {
            while (byFirstUse.TryPeek(out var oldest) && now - oldest.FirstUsedAt > MaxAge) ForgetOldest();
            if (now - nonce.IssuedAt > MaxAge) return false;
            if (used.TryGetValue(nonce, out var window)) return window.TryUse(count);

            if (nonce.IssuedAt <= forgottenUpTo) return false;
            if (used.Count >= maxNonces)
            {
                var forgotten = ForgetOldest();
                if (forgotten.IssuedAt > forgottenUpTo) forgottenUpTo = forgotten.IssuedAt;
            }
            window = new Window();
            used.Add(nonce, window);
            byFirstUse.Enqueue((nonce, now));
            return window.TryUse(count);
        }
    }

    private Nonce ForgetOldest()
    {
        var oldest = byFirstUse.Dequeue().Nonce;
        used.Remove(oldest);
        return oldest;
    }

    private sealed class Window
    {
        private const int Width = 64;
        private uint highest;
        private ulong seen; // Bit n: the count n below the highest was used.
        private bool isSpent;

        public bool TryUse(uint? count)
        {
            if (isSpent) return false;
            if (count is not { } current)
            {
                isSpent = true;
                return seen == 0;
            }
            if (seen == 0 || current > highest)
            {
                var step = current - highest;
                seen = seen == 0 || step >= Width ? 1 : (seen << (int)step) | 1;
                highest = current;
                return true;
            }
            var below = highest - current;
            if (below >= Width || (seen & (1UL << (int)below)) != 0) return false;
            seen |= 1UL << (int)below;
            return true;
        }
    }
}
