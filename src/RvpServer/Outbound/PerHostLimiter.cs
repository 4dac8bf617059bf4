using System.Collections.Concurrent;
using Rvp.Protocol;

namespace RvpServer.Outbound;

/// <summary>Limits the requests in progress to one host: one that hangs must not take the places of all others.</summary>
/// <param name="max">Most at once.</param>
internal sealed class PerHostLimiter(int max)
{
    private readonly ConcurrentDictionary<HostAndPort, int> underWay = new();

    /// <summary>True if there is room; then <see cref="Leave"/> must follow.</summary>
    public bool TryEnter(HostAndPort host)
    {
        if (underWay.AddOrUpdate(host, 1, (_, count) => count + 1) <= max) return true;
        Leave(host);
        return false;
    }

    /// <summary>A request has ended.</summary>
    public void Leave(HostAndPort host)
    {
        if (underWay.AddOrUpdate(host, 0, (_, count) => count - 1) == 0) underWay.TryRemove(KeyValuePair.Create(host, 0));
    }
}
