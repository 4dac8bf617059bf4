using Rvp.Engine;
using Rvp.Protocol;
using RvpServer.Collections;

namespace RvpServer.Home;

/// <summary>
/// The bytes that wait in all inboxes together, bounded. A message counts against the share of its sender, those of another domain also against the domain's; a
/// property change against that of the watcher.
/// </summary>
internal sealed class InboxRoom(long bytes)
{
    private const long Mebibyte = 1024 * 1024;

    private readonly SharedPool pool = new(bytes);

    /// <summary>The bytes that wait.</summary>
    public long Taken => pool.Taken;

    /// <summary>
    /// An eighth of the memory that the process may use, since everything that waits is in memory; at least 64 MiB, and at most 1 GiB, since every start reads
    /// it.
    /// </summary>
    public static long Default(long memory) => Math.Clamp(memory / 8, 64 * Mebibyte, 1024 * Mebibyte);

    /// <summary>The room for a setting in MiB; null: the default.</summary>
    public static InboxRoom Of(int? mebibytes) =>
        new(mebibytes is { } set ? set * Mebibyte : Default(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));

    /// <summary>True if there was room for an entry; then it must be given back when the entry is gone.</summary>
    public bool TryTake(RvpUrl node, InboxEntry entry) => pool.TryTake(SharerOf(node, entry), entry.Body.Length);

    /// <summary>Takes room for an entry that is there already.</summary>
    public void Take(RvpUrl node, InboxEntry entry) => pool.Take(SharerOf(node, entry), entry.Body.Length);

    /// <summary>An entry is gone.</summary>
    public void GiveBack(RvpUrl node, InboxEntry entry) => pool.GiveBack(SharerOf(node, entry), entry.Body.Length);

    /// <summary>Gives back what a change removes; called before it is applied.</summary>
    public void GiveBack(Node node, Change change)
    {
        if (change is Change.EntryRemoved removed && node.Inbox.Find(removed.Sequence) is { } gone) GiveBack(node.Url, gone);
        else if (change is Change.Emptied)
            foreach (var entry in node.Inbox.Entries) GiveBack(node.Url, entry);
    }

    private static Sharer SharerOf(RvpUrl node, InboxEntry entry)
    {
        if (entry.Sender is not { } sender) return new Sharer(node);
        var host = entry.SenderHost;
        return host.SequenceEqual(node.Host) ? new Sharer(sender) : new Sharer(sender, HostZone.Of(host.ToString()));
    }
}
