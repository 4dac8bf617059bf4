using System.Net;
using Rvp.Protocol;
using RvpServer.Collections;
using RvpServer.Directories;
using RvpServer.Network;
using RvpServer.Runtime;

namespace RvpServer.Requests;

/// <summary>
/// Looks nodes up for callers who are not known yet. Whoever must wait for the directory holds no place among the requests in progress, but the waits
/// themselves are bounded and shared by address: a stranger who asks a slow directory for invented names is told to come back.
/// </summary>
internal sealed class DirectoryWaits(NodeLocator locator, AbuseLog abuse)
{
    /// <summary>Waits of all callers together. Decision: four for each request in progress; one address has half of them at most.</summary>
    private const int MaxWaits = 4096;

    private readonly SharedPool waits = new(MaxWaits);

    /// <summary>Finds the node; throws <see cref="RvpException"/> (503) if the address has too many look-ups waiting.</summary>
    public ValueTask<NodeEntry> LocateAsync(RvpUrl url, Account? known, IPAddress address, CancellationToken stop)
    {
        var found = locator.LocateAsync(url, known, stop);
        return found.IsCompletedSuccessfully ? found : WaitAsync(found, address);
    }

    private async ValueTask<NodeEntry> WaitAsync(ValueTask<NodeEntry> found, IPAddress address)
    {
        var sender = SenderAddress.SharerAt(address);
        var lookup = found.AsTask();
        if (!waits.TryTake(sender))
        {
            abuse.Refused(AbuseKind.Lookups, address);
            // It fills the cache all the same; if it fails, nobody asks.
            _ = lookup.ContinueWith(static over => over.Exception, TaskScheduler.Default);
            throw new RvpException(Refusal.Busy);
        }
        try
        {
            return await lookup;
        }
        finally
        {
            waits.GiveBack(sender);
        }
    }
}
