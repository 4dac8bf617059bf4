namespace RvpServer.Collections;

/// <summary>
/// A token bucket per key: <paramref name="burst"/> tokens at first, one more per <paramref name="refill"/>. A bucket is stored as the time at which it will be
/// full again; a full bucket needs no entry. Not thread-safe.
/// </summary>
internal sealed class TokenBuckets<TKey>(long burst, TimeSpan refill, int maxKeys)
    where TKey : notnull
{
    private readonly LruMap<TKey, DateTimeOffset> fullAt = new(maxKeys);

    /// <summary>True if all buckets are full.</summary>
    public bool IsEmpty => fullAt.Count == 0;

    /// <summary>How long until the key has a token; zero if it has one now.</summary>
    public TimeSpan WaitFor(TKey key, DateTimeOffset now)
    {
        var wait = Missing(key, now) + refill - (burst * refill);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    /// <summary>Takes a token and returns how many are used now. Never more than the burst, so the wait ends after one refill.</summary>
    public int Take(TKey key, DateTimeOffset now)
    {
        var missing = Missing(key, now) + refill;
        if (missing > burst * refill) missing = burst * refill;
        fullAt.Set(key, now + missing);
        return (int)Math.Ceiling(missing / refill);
    }

    /// <summary>Takes a token even before it is there, after <see cref="WaitFor"/>: further ones come later.</summary>
    public void Borrow(TKey key, DateTimeOffset now) => fullAt.Set(key, now + Missing(key, now) + refill);

    /// <summary>Takes a token if there is one.</summary>
    public bool TryTake(TKey key, DateTimeOffset now)
    {
        if (WaitFor(key, now) > TimeSpan.Zero) return false;
        Take(key, now);
        return true;
    }

    /// <summary>Gives a token back that was taken.</summary>
    public void GiveBack(TKey key, DateTimeOffset now)
    {
        var missing = Missing(key, now) - refill;
        if (missing > TimeSpan.Zero) fullAt.Set(key, now + missing);
        else fullAt.Remove(key);
    }

    /// <summary>How many tokens are used now.</summary>
    public int Used(TKey key, DateTimeOffset now) => (int)Math.Ceiling(Missing(key, now) / refill);

    /// <summary>Fills the key's bucket.</summary>
    public void Refill(TKey key) => fullAt.Remove(key);

    private TimeSpan Missing(TKey key, DateTimeOffset now) =>
        fullAt.TryGet(key, out var full) && full > now ? full - now : TimeSpan.Zero;
}
