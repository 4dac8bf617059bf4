using System.Runtime.ExceptionServices;
using RvpServer.Collections;

namespace RvpServer.Directories;

/// <summary>How long a cache keeps the directory's answers, and how many.</summary>
/// <param name="Ttl">For names that were found.</param>
/// <param name="NegativeTtl">For names that were not found.</param>
/// <param name="MaxEntries">Largest number of answers for names that were found.</param>
internal sealed record CacheLimits(TimeSpan Ttl, TimeSpan NegativeTtl, int MaxEntries = CacheLimits.DefaultMaxEntries)
{
    /// <summary>30 to 40 MB of accounts: 300 to 400 bytes each, depending on the number of addresses.</summary>
    public const int DefaultMaxEntries = 100_000;

    /// <summary>Largest number of names that were not found: anybody can ask for those, so they are counted separately.</summary>
    public int MaxNegatives => Math.Max(1, MaxEntries / 10);
}

/// <summary>
/// Remembers answers by name, without case. Concurrent look-ups of a name share one search, which is not cancelled when a caller gives up. While the directory
/// is down, old answers stay valid and nobody waits for it: one look-up at a time checks whether it is back.
/// </summary>
/// <param name="limits">How long and how many.</param>
/// <param name="time">The clock.</param>
/// <param name="outage">Whether the directory is down; shared by all caches in front of it.</param>
/// <param name="areSame">Whether a later answer is the same as an earlier one.</param>
/// <param name="changed">Called, under a lock, if it is not.</param>
/// <param name="keep">The same key in strings of the answer if possible: the caller's strings would stay in memory too.</param>
internal sealed class LookupCache<T>(
    CacheLimits limits, TimeProvider time, DirectoryOutage outage, Func<T, T, bool> areSame, Action changed, Func<LookupKey, T, LookupKey> keep)
    where T : class
{
    private readonly Lock gate = new();
    private readonly ExpiringMap<LookupKey, T> found = new(limits.MaxEntries);
    private readonly ExpiringMap<LookupKey, Missing> missing = new(limits.MaxNegatives);
    private readonly Dictionary<LookupKey, Task<Answer>> searches = [];

    // What expires by then was remembered before the last Outdate.
    private long outdatedUntil;

    /// <summary>The remembered answer, or the result of <paramref name="search"/>. Throws what the search throws.</summary>
    public ValueTask<T?> FindAsync(LookupKey key, Func<Task<T?>> search, CancellationToken stop)
    {
        Task<Answer> running;
        lock (gate)
        {
            var now = time.GetTimestamp();
            var isKnown = found.TryGet(key, out var value, out var expiresAt);
            if (isKnown && now < expiresAt && expiresAt > outdatedUntil) return new(value);
            if (missing.TryGet(key, out var absence, out expiresAt) && now < expiresAt) return absence.Tell<T>();

            var useOld = isKnown && outage.IsOn;
            if (searches.TryGetValue(key, out var shared)) running = shared;
            else if (useOld && !outage.TryProbe()) return new(value);
            else searches.Add(key, running = Task.Run(() => SearchAsync(key, search, isProbe: useOld)));
            if (useOld) return new(value);
        }
        return new(WaitAsync(running, stop));
    }

    /// <summary>The result of <paramref name="search"/>, or of one that is under way, whatever is remembered.</summary>
    public ValueTask<T?> RefreshAsync(LookupKey key, Func<Task<T?>> search, CancellationToken stop)
    {
        Task<Answer>? running;
        lock (gate)
        {
            if (!searches.TryGetValue(key, out running)) searches.Add(key, running = Task.Run(() => SearchAsync(key, search, isProbe: false)));
        }
        return new(WaitAsync(running, stop));
    }

    /// <summary>The remembered answer if it equals <paramref name="value"/>, so that the same is not kept twice; otherwise that.</summary>
    public T Known(LookupKey key, T value)
    {
        lock (gate) return found.TryGet(key, out var known, out _) && areSame(known, value) ? known : value;
    }

    /// <summary>Looks everything up again when it is asked for; while the directory is down, what is remembered stays valid.</summary>
    public void Outdate()
    {
        lock (gate)
        {
            outdatedUntil = After(time.GetTimestamp(), limits.Ttl);
            missing.Clear();
        }
    }

    /// <summary>Forgets everything: the accounts have changed.</summary>
    public void Clear()
    {
        lock (gate)
        {
            found.Clear();
            missing.Clear();
        }
    }

    private static async Task<T?> WaitAsync(Task<Answer> running, CancellationToken stop)
    {
        var answer = await running.WaitAsync(stop);
        answer.Failure?.Throw();
        return answer.Value;
    }

    // Never faults: perhaps nobody is waiting for it.
    private async Task<Answer> SearchAsync(LookupKey key, Func<Task<T?>> search, bool isProbe)
    {
        T? value = null;
        Exception? failure = null;
        try
        {
            value = await search();
        }
#pragma warning disable CA1031 // Thrown again for each of the waiting callers.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }
        if (isProbe) outage.EndProbe();
        var isUnreachable = failure is DirectoryException { InnerException: not AmbiguousNameException };
        if (isUnreachable) outage.Begin(failure!);
        else if (failure is null or DirectoryException) outage.End();

        lock (gate)
        {
            searches.Remove(key);
            var isKnown = found.TryGet(key, out var old, out _);
            if (isUnreachable && isKnown) return new(old, null);
            if (failure is null or DirectoryException && !isUnreachable) Remember(key, value, failure, old);
        }
        return new(value, failure is null ? null : ExceptionDispatchInfo.Capture(failure));
    }

    private void Remember(LookupKey key, T? value, Exception? failure, T? old)
    {
        var now = time.GetTimestamp();
        var wasMissing = missing.TryGet(key, out _, out _);
        if (value is not null)
        {
            found.Set(keep(key, value), value, After(now, limits.Ttl));
            missing.Remove(key);
        }
        else
        {
            missing.Set(key, new Missing(failure?.Message), After(now, limits.NegativeTtl));
            found.Remove(key);
        }
        if (old is null ? wasMissing && value is not null : value is null || !areSame(old, value)) changed();
    }

    private long After(long now, TimeSpan span) => now + (long)(span.TotalSeconds * time.TimestampFrequency);

    private readonly record struct Answer(T? Value, ExceptionDispatchInfo? Failure);

    // Not found, or found twice: then with the text for the log.
    private sealed record Missing(string? Ambiguity)
    {
        public ValueTask<TValue?> Tell<TValue>()
            where TValue : class =>
            Ambiguity is null ? new((TValue?)null) : ValueTask.FromException<TValue?>(new DirectoryException(Ambiguity, new AmbiguousNameException()));
    }
}
