using System.Collections.Immutable;
using Rvp.Protocol;

namespace Rvp.Engine;

/// <summary>A notification that waits in an <see cref="Inbox"/>: one, however many sign-ins it is for.</summary>
/// <param name="Sequence">Grows with every entry of the node, and never goes back: the cursor.</param>
/// <param name="Body">The document as it would have been sent to a callback.</param>
/// <param name="Contact">The person that a property change is about; null for a message.</param>
/// <param name="QueuedAt">When it was queued.</param>
/// <param name="Sender">Whose share of the inbox a message counts against; null for a property change.</param>
public sealed record InboxEntry(long Sequence, ReadOnlyMemory<byte> Body, string? Contact, DateTimeOffset QueuedAt, string? Sender = null)
{
    /// <summary>True for a message; false for a property change.</summary>
    public bool IsMessage => Contact is null;

    /// <summary>The sign-ins for which it waits; none if it is kept for the next one.</summary>
    public ImmutableArray<int> Holders { get; init; } = [];

    /// <summary>True while the account has still to be given it: a message that was accepted, and that no sign-in has taken yet.</summary>
    public bool IsOwed { get; init; }

    /// <summary>The host of the sender's URL; empty for a property change.</summary>
    public ReadOnlySpan<char> SenderHost
    {
        get
        {
            if (Sender is null) return [];
            var rest = Sender.AsSpan(Sender.IndexOf("//", StringComparison.Ordinal) + 2);
            var end = rest.IndexOfAny('/', ':');
            return end < 0 ? rest : rest[..end];
        }
    }
}

/// <summary>
/// What waits for an account, in order: messages, and of each contact the newest property change, for the sign-ins that fetch it. A message that was accepted
/// stays until a sign-in has taken it, also if the one that it waited for ends. Limited by <see cref="PollLimits"/>.
/// </summary>
public sealed class Inbox
{
    // In the order of the sequences.
    private readonly List<InboxEntry> entries = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<InboxEntry> Entries => entries;

    /// <summary>Messages.</summary>
    public int Messages { get; private set; }

    /// <summary>Bytes of the messages.</summary>
    public int MessageBytes { get; private set; }

    /// <summary>Bytes of the property changes.</summary>
    public int ChangeBytes { get; private set; }

    /// <summary>What waits for a sign-in, oldest first.</summary>
    public IEnumerable<InboxEntry> For(int signIn) => entries.Where(entry => entry.Holders.Contains(signIn));

    /// <summary>True if something waits for this sign-in.</summary>
    public bool Has(int signIn) => entries.Exists(entry => entry.Holders.Contains(signIn));

    /// <summary>The entry with this sequence, or null.</summary>
    public InboxEntry? Find(long sequence) => IndexOf(sequence) is >= 0 and var index ? entries[index] : null;

    /// <summary>The property change of a contact that waits, or null.</summary>
    public InboxEntry? FindChange(string contact) => entries.Find(entry => entry.Contact == contact);

    /// <summary>The message that has waited longest, or null.</summary>
    public InboxEntry? OldestMessage => entries.Find(entry => entry.IsMessage);

    /// <summary>The messages that have waited longer than allowed. A property change waits as long as its holders last: it is a state.</summary>
    public IReadOnlyList<InboxEntry> TooOld(DateTimeOffset now, PollLimits limits) =>
        [.. entries.TakeWhile(entry => entry.QueuedAt + limits.MaxAge <= now).Where(entry => entry.IsMessage)];

    /// <summary>True if one more message of this size fits, when those are gone that have waited too long.</summary>
    public bool HasRoomForMessage(int size, PollLimits limits, IReadOnlyList<InboxEntry> tooOld) =>
        Messages - tooOld.Count < limits.MaxEntries && (long)MessageBytes - tooOld.Sum(entry => (long)entry.Body.Length) + size <= limits.MaxBytes;

    /// <summary>
    /// True if one more message of this sender is within the share: by the rule of <see cref="FairShare"/>, in number and bytes, among all messages for people
    /// of the owner's domain, and among those of other domains, which have half the inbox together, for another domain as a whole. Those too old do not count.
    /// </summary>
    public bool HasShareFor(RvpUrl sender, RvpUrl owner, int size, PollLimits limits, IReadOnlyList<InboxEntry> tooOld)
    {
        // Far from full nobody can have too much.
        if (4L * (Messages + 1) <= limits.MaxEntries && 4L * (MessageBytes + size) <= limits.MaxBytes) return true;
        var isForeign = sender.Host != owner.Host;
        var who = isForeign ? HostZone.Of(sender.Host) : sender.ToString();
        var (own, ownBytes, all, allBytes) = (0, 0L, 0, 0L);
        foreach (var entry in entries)
        {
            if (!entry.IsMessage || (tooOld.Count > 0 && entry.Sequence <= tooOld[^1].Sequence)) continue;
            var host = entry.SenderHost;
            if (isForeign && host.SequenceEqual(owner.Host)) continue;
            all++;
            allBytes += entry.Body.Length;
            if (isForeign ? HostZone.Of(host.ToString()) != who : entry.Sender != who) continue;
            own++;
            ownBytes += entry.Body.Length;
        }
        var part = isForeign ? 2 : 1;
        return FairShare.Allows(own, 1, (limits.MaxEntries / part) - all) && FairShare.Allows(ownBytes, size, (limits.MaxBytes / part) - allBytes);
    }

    /// <summary>The changes when some sign-ins have received everything up to the cursor.</summary>
    public IEnumerable<Change> Acknowledge(IReadOnlyCollection<int> signIns, long cursor)
    {
        foreach (var entry in entries)
        {
            if (entry.Sequence > cursor) yield break;
            if (!entry.Holders.Any(signIns.Contains)) continue;
            var others = entry.Holders.RemoveAll(signIns.Contains);
            yield return others.IsEmpty ? new Change.EntryRemoved(entry.Sequence) : new Change.EntryHeld(entry.Sequence, others, IsOwed: false);
        }
    }

    internal void Add(InboxEntry entry)
    {
        Remove(entry.Sequence);
        var index = ~IndexOf(entry.Sequence);
        entries.Insert(index, entry);
        Count(entry, 1);
    }

    internal void Hold(long sequence, ImmutableArray<int> holders, bool isOwed)
    {
        if (IndexOf(sequence) is >= 0 and var index) entries[index] = entries[index] with { Holders = holders, IsOwed = isOwed };
    }

    internal void Remove(long sequence)
    {
        var index = IndexOf(sequence);
        if (index < 0) return;
        Count(entries[index], -1);
        entries.RemoveAt(index);
    }

    private void Count(InboxEntry entry, int sign)
    {
        if (!entry.IsMessage)
        {
            ChangeBytes += sign * entry.Body.Length;
            return;
        }
        Messages += sign;
        MessageBytes += sign * entry.Body.Length;
    }

    // The complement of where it would be, if it is not there.
    private int IndexOf(long sequence)
    {
        var (low, high) = (0, entries.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var found = entries[middle].Sequence.CompareTo(sequence);
            if (found == 0) return middle;
            if (found < 0) low = middle + 1;
            else high = middle - 1;
        }
        return ~low;
    }
}

/// <summary>How much may wait for one account.</summary>
/// <param name="MaxEntries">Messages; property changes are as many as the contacts.</param>
/// <param name="MaxBytes">Bytes of the messages, and as many of the property changes.</param>
/// <param name="MaxAge">How long a message may wait.</param>
public sealed record PollLimits(int MaxEntries, int MaxBytes, TimeSpan MaxAge)
{
    /// <summary>
    /// Enough for a busy day's messages; bounds what one account costs in memory and on disk; the age is the longest lease of a subscription. (Decision)
    /// </summary>
    public static PollLimits Default { get; } = new(1000, 4 * 1024 * 1024, TimeSpan.FromHours(4));
}
