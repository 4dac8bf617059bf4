using RvpServer.Collections;

namespace RvpServer.Authentication;

/// <summary>
/// A token bucket per key: <paramref name="burst"/> tokens at first, one more per <paramref name="refill"/>. A bucket is kept as the one
/// instant at which it is full again; a bucket that is full needs no entry. Not thread-safe.
/// </summary>
internal sealed class TokenBuckets<TKey>(int burst, TimeSpan refill, int maxKeys)
    where TKey : notnull
{
    private readonly LruMap<TKey, DateTimeOffset> fullAt = new(maxKeys);

    /// <summary>How long until the key has a token; zero when it has one now.</summary>
    public TimeSpan WaitFor(TKey key, DateTimeOffset now)
    {
        var wait = Missing(key, now) + refill - (burst * refill);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>Takes a token and returns how many are gone now. The debt never exceeds the burst, so one refill always ends the wait.</summary>
    public int Take(TKey key, DateTimeOffset now)
    {
        var missing = Missing(key, now) + refill;
        if (missing > burst * refill) missing = burst * refill;
        fullAt.Set(key, now + missing);
        return (int)Math.Ceiling(missing / refill);
    }

    /// <summary>Fills the key's bucket.</summary>
    public void Refill(TKey key) => fullAt.Remove(key);

    private TimeSpan Missing(TKey key, DateTimeOffset now) =>
        fullAt.TryGet(key, out var full) && full > now ? full - now : TimeSpan.Zero;
}
