using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RvpServer.Authentication.Digest;

/// <summary>
/// Remembers which counts of a nonce were used, so that no request can be replayed. A nonce is valid for <see cref="MaxAge"/>; a client that wants to use it
/// longer gets <c>stale=true</c> and continues with a new one. Only so many are remembered: when one must be dropped, all nonces issued up to its time that are
/// not remembered count as used.
/// </summary>
internal sealed class NonceCounts
{
    /// <summary>
    /// Five minutes. A longer time would save a round trip for clients that keep a nonce, but need memory for every nonce of clients that take a new one each
    /// time.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan LooksAfter = MaxAge + TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<Nonce, Window> used = [];
    private readonly Queue<Nonce> byFirstUse = new();
    private readonly int maxNonces;
    private readonly ITimer? timer;
    private DateTimeOffset forgottenUpTo = DateTimeOffset.MinValue;

    /// <param name="maxNonces">How many are remembered at most.</param>
    /// <param name="clock">Says when those that nobody uses any more may go; null: the next use says so.</param>
    public NonceCounts(int maxNonces, TimeProvider? clock = null)
    {
        this.maxNonces = maxNonces;
        timer = clock?.CreateTimer(_ => ForgetOld(clock.GetUtcNow()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (gate) return used.Count;
        }
    }

    /// <summary>True if it was used before, and is remembered.</summary>
    public bool Knows(Nonce nonce)
    {
        lock (gate) return used.ContainsKey(nonce);
    }

    /// <summary>
    /// True the first time this count of this nonce is seen. Counts may arrive out of order within a window of 64, because clients send on several connections
    /// at once. Without a count (RFC 2069) a nonce is valid for one request: nothing else prevents a replay.
    /// </summary>
    public bool TryUse(Nonce nonce, uint? count, DateTimeOffset now)
    {
        lock (gate)
        {
            while (byFirstUse.TryPeek(out var oldest) && IsOld(oldest, now)) ForgetOldest();
            if (IsOld(nonce, now)) return false;
            ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(used, nonce);
            if (!Unsafe.IsNullRef(ref known)) return known.TryUse(count);

            if (nonce.IssuedAt <= forgottenUpTo) return false;
            if (used.Count >= maxNonces)
            {
                var forgotten = ForgetOldest();
                if (forgotten.IssuedAt > forgottenUpTo) forgottenUpTo = forgotten.IssuedAt;
            }
            var window = default(Window);
            var isFirst = window.TryUse(count);
            used.Add(nonce, window);
            byFirstUse.Enqueue(nonce);
            if (used.Count == 1) timer?.Change(LooksAfter, Timeout.InfiniteTimeSpan);
            return isFirst;
        }
    }

    private static bool IsOld(Nonce nonce, DateTimeOffset now) => now - nonce.IssuedAt > MaxAge;

    // After a time in which many have signed in the tables would stay as large as they were.
    private void ForgetOld(DateTimeOffset now)
    {
        lock (gate)
        {
            while (byFirstUse.TryPeek(out var oldest) && IsOld(oldest, now)) ForgetOldest();
            used.TrimExcess();
            byFirstUse.TrimExcess();
            timer!.Change(used.Count > 0 ? LooksAfter : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private Nonce ForgetOldest()
    {
        var oldest = byFirstUse.Dequeue();
        used.Remove(oldest);
        return oldest;
    }

    private struct Window
    {
        private const int Width = 64;
        private ulong seen; // Bit n: the count n below the highest was used.
        private uint highest;
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
