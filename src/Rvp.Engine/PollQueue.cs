using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>A notification that waits for a POLL.</summary>
/// <param name="Sequence">Grows by one with every entry of the node, for all its subscriptions: the cursor.</param>
/// <param name="Body">The document as it would have been sent to a callback.</param>
/// <param name="Contact">The person that a property change is about; null for a message.</param>
/// <param name="QueuedAt">When it was queued.</param>
/// <param name="Sender">Whose share of the queue a message counts against; null for a property change.</param>
public sealed record PollEntry(long Sequence, ReadOnlyMemory<byte> Body, string? Contact, DateTimeOffset QueuedAt, string? Sender = null)
{
    /// <summary>True for a message: it is never dropped to make room for a property change.</summary>
    public bool IsMessage => Contact is null;
}

/// <summary>The notifications that wait for one polled subscription, in order. Limited by <see cref="PollLimits"/>, see <see cref="PlanRoom"/>.</summary>
public sealed class PollQueue
{
    private readonly LinkedList<PollEntry> entries = new();

    /// <summary>Waiting entries, oldest first.</summary>
    public IReadOnlyCollection<PollEntry> Entries => entries;

    /// <summary>Their size in bytes.</summary>
    public int Bytes { get; private set; }

    /// <summary>Entries that have waited longer than allowed, oldest first.</summary>
    public IEnumerable<PollEntry> TooOld(DateTimeOffset now, PollLimits limits) => entries.TakeWhile(entry => entry.QueuedAt + limits.MaxAge <= now);

    /// <summary>
    /// The entries to drop so that one more fits; null if it does not fit. First to go are superseded property changes (an older one of a contact for whom a
    /// newer one waits), then, to make room for a message, the oldest property changes; messages are never dropped.
    /// </summary>
    public IReadOnlyList<PollEntry>? PlanRoom(int size, string? contact, PollLimits limits)
    {
        var count = entries.Count + 1;
        var bytes = Bytes + size;
        if (count <= limits.MaxEntries && bytes <= limits.MaxBytes) return [];

        var newest = new HashSet<string>(StringComparer.Ordinal);
        if (contact is not null) newest.Add(contact);
        var superseded = new List<PollEntry>();
        var current = new List<PollEntry>();
        for (var at = entries.Last; at is not null; at = at.Previous)
        {
            if (at.Value.Contact is not { } about) continue;
            if (newest.Add(about)) current.Add(at.Value);
            else superseded.Add(at.Value);
        }
        superseded.Reverse();
        current.Reverse();
        var dropped = new List<PollEntry>();
        foreach (var entry in contact is null ? superseded.Concat(current) : superseded)
        {
            if (count <= limits.MaxEntries && bytes <= limits.MaxBytes) break;
            dropped.Add(entry);
            count--;
            bytes -= entry.Body.Length;
        }
        return count <= limits.MaxEntries && bytes <= limits.MaxBytes ? dropped : null;
    }

    /// <summary>
    /// True if one more message of this sender is within the share: by the rule of <see cref="FairShare"/>, in number and bytes, among all messages for people
    /// of the owner's domain, and among those of other domains, which have half the queue together, for another domain as a whole.
    /// </summary>
    public bool HasShareFor(RvpUrl sender, RvpUrl owner, int size, PollLimits limits)
    {
        // Far from full nobody can have too much.
        if (4L * (entries.Count + 1) <= limits.MaxEntries && 4L * (Bytes + size) <= limits.MaxBytes) return true;
        var isForeign = sender.Host != owner.Host;
        var who = isForeign ? HostZone.Of(sender.Host) : sender.ToString();
        var (own, ownBytes, all, allBytes) = (0, 0L, 0, 0L);
        foreach (var entry in entries)
        {
            if (entry.Sender is not { } other) continue;
            var host = HostOf(other);
            if (isForeign && host.SequenceEqual(owner.Host)) continue;
            all++;
            allBytes += entry.Body.Length;
            if (isForeign ? HostZone.Of(host.ToString()) != who : other != who) continue;
            own++;
            ownBytes += entry.Body.Length;
        }
        var part = isForeign ? 2 : 1;
        return FairShare.Allows(own, 1, (limits.MaxEntries / part) - all) && FairShare.Allows(ownBytes, size, (limits.MaxBytes / part) - allBytes);
    }

    internal void Add(PollEntry entry)
    {
        entries.AddLast(entry);
        Bytes += entry.Body.Length;
    }

    internal void RemoveThrough(long cursor)
    {
        while (entries.First is { } first && first.Value.Sequence <= cursor) Remove(first);
    }

    internal void Remove(long sequence)
    {
        for (var at = entries.First; at is not null; at = at.Next)
        {
            if (at.Value.Sequence != sequence) continue;
            Remove(at);
            return;
        }
    }

    private static ReadOnlySpan<char> HostOf(string url)
    {
        var rest = url.AsSpan(url.IndexOf("//", StringComparison.Ordinal) + 2);
        var end = rest.IndexOfAny('/', ':');
        return end < 0 ? rest : rest[..end];
    }

    private void Remove(LinkedListNode<PollEntry> at)
    {
        Bytes -= at.Value.Body.Length;
        entries.Remove(at);
    }
}

/// <summary>How much may wait for one polled subscription.</summary>
/// <param name="MaxEntries">Notifications.</param>
/// <param name="MaxBytes">Bytes of their documents.</param>
/// <param name="MaxAge">How long one entry may wait.</param>
public sealed record PollLimits(int MaxEntries, int MaxBytes, TimeSpan MaxAge)
{
    /// <summary>
    /// Enough for a busy day's messages; bounds what one sign-in costs in memory and on disk; the age is the longest lease of a subscription. (Decision)
    /// </summary>
    public static PollLimits Default { get; } = new(1000, 4 * 1024 * 1024, TimeSpan.FromHours(4));
}
