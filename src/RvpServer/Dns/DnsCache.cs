using DnsClient;
using RvpServer.Collections;

namespace RvpServer.Dns;

/// <summary>
/// Answers for as long as DNS lets them live, within bounds; the least recently used goes when there are too many. Whoever asks what is
/// being asked already gets the same answer: never two questions for one name at a time.
/// </summary>
internal sealed class DnsCache(AskDns ask, TimeProvider time, int capacity = DnsCache.DefaultCapacity)
{
    /// <summary>Some 5 MB of usual answers; strangers fill it with names that they make up.</summary>
    public const int DefaultCapacity = 10_000;

    /// <summary>A TTL of 0 would mean a question per notification.</summary>
    public static readonly TimeSpan MinAge = TimeSpan.FromSeconds(1);

    /// <summary>A server that moved is found again within the hour, whatever its zone said. Decision.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>What did not exist may be set up at any moment. Decision, within RFC 2308's advice.</summary>
    public static readonly TimeSpan MaxNegativeAge = TimeSpan.FromMinutes(5);

    /// <summary>Long enough not to flood a DNS server that is down. Decision.</summary>
    public static readonly TimeSpan FailureAge = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly LruMap<(string Name, QueryType Type), Entry> entries = new(capacity);

    /// <summary>Names are in lower case. The token ends the waiting, not the question: others may wait for it, too.</summary>
    public Task<DnsAnswer> AskAsync(string name, QueryType type, CancellationToken stop)
    {
        Entry entry;
        lock (gate)
        {
            entry = FindLive((name, type)) ?? Add((name, type));
        }
        return entry.Answer.Value.WaitAsync(stop);
    }

    private Entry? FindLive((string Name, QueryType Type) key)
    {
        if (!entries.TryGet(key, out var entry) || entry.ExpiresAt <= time.GetUtcNow()) return null;
        entries.Set(key, entry);
        return entry;
    }

    private Entry Add((string Name, QueryType Type) key)
    {
        var entry = new Entry(key, FetchAsync);
        entries.Set(key, entry);
        return entry;
    }

    private async Task<DnsAnswer> FetchAsync(Entry entry)
    {
        var age = FailureAge; // Also of an exception that nobody expected: it must not stay.
        try
        {
            var answer = await ask(entry.Key.Name, entry.Key.Type);
            age = AgeOf(answer);
            return answer;
        }
        finally
        {
            lock (gate)
            {
                entry.ExpiresAt = time.GetUtcNow() + age;
            }
        }
    }

    private static TimeSpan AgeOf(DnsAnswer answer)
    {
        if (answer.Status == DnsStatus.Failed) return FailureAge;
        var longest = answer.Status == DnsStatus.Found ? MaxAge : MaxNegativeAge;
        return answer.TimeToLive < MinAge ? MinAge : answer.TimeToLive > longest ? longest : answer.TimeToLive;
    }

    private sealed class Entry
    {
        public Entry((string Name, QueryType Type) key, Func<Entry, Task<DnsAnswer>> fetch)
        {
            Key = key;
            Answer = new Lazy<Task<DnsAnswer>>(() => fetch(this));
        }

        public (string Name, QueryType Type) Key { get; }

        /// <summary>Lazy, so that the question starts outside the lock.</summary>
        public Lazy<Task<DnsAnswer>> Answer { get; }

        /// <summary>Never, while the question is under way.</summary>
        public DateTimeOffset ExpiresAt { get; set; } = DateTimeOffset.MaxValue;
    }
}
