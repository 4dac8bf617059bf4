using Rvp.Protocol;
using RvpServer.Collections;

namespace RvpServer.Federation;

/// <summary>Physical URLs of nodes elsewhere, learned from referrals; bounded: the one learned first is dropped.</summary>
internal sealed class ReferralCache
{
    /// <summary>About 5 MB. Decision.</summary>
    private const int MaxUrls = 20_000;

    private readonly Lock gate = new();
    private readonly LruMap<RvpUrl, PeerUrl> urls = new(MaxUrls);

    /// <summary>The physical URL that worked last; null if none is known.</summary>
    public PeerUrl? Find(RvpUrl node)
    {
        lock (gate) return urls.TryGet(node, out var url) ? url : null;
    }

    /// <summary>Remembers a URL that worked.</summary>
    public void Keep(RvpUrl node, PeerUrl url)
    {
        lock (gate) urls.Set(node, url);
    }

    /// <summary>Forgets a URL that failed.</summary>
    public void Forget(RvpUrl node)
    {
        lock (gate) urls.Remove(node);
    }
}
