using System.Net;
using RvpServer.Collections;

namespace RvpServer.Outbound;

/// <summary>
/// The caller for whom each host name in a callback was allowed. A name may have another address by the time of a connection, so the dialer checks the new
/// address by the rules for the same caller.
/// </summary>
internal sealed class CallbackCallers
{
    /// <summary>More than a large site has machines; a forgotten name is treated as after a restart, which is never less strict.</summary>
    private const int MaxNames = 50_000;

    private readonly Lock gate = new();
    private readonly LruMap<string, IPAddress> callers = new(MaxNames, StringComparer.OrdinalIgnoreCase);

    /// <summary>Remembers the caller of a name.</summary>
    public void Remember(string name, IPAddress caller)
    {
        lock (gate) callers.Set(name, caller);
    }

    /// <summary>The caller of a name, or null.</summary>
    public IPAddress? Find(string name)
    {
        lock (gate) return callers.TryGet(name, out var caller) ? caller : null;
    }
}
