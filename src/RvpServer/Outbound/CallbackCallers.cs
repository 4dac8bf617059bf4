using System.Net;
using RvpServer.Collections;

namespace RvpServer.Outbound;

/// <summary>
/// For whom host names in callbacks were admitted. A name may lead elsewhere by the time it is called, so the dialer judges the new address by
/// the rules for the same caller.
/// </summary>
internal sealed class CallbackCallers
{
    /// <summary>More than a large site has machines; a forgotten name is judged as after a restart, by which it can only lose.</summary>
    private const int MaxNames = 50_000;

    private readonly Lock gate = new();
    private readonly LruMap<string, IPAddress> callers = new(MaxNames, StringComparer.OrdinalIgnoreCase);

    /// <summary>Keeps for whom a name was admitted.</summary>
    public void Remember(string name, IPAddress caller)
    {
        lock (gate) callers.Set(name, caller);
    }

    /// <summary>For whom a name was admitted, or null.</summary>
    public IPAddress? Find(string name)
    {
        lock (gate) return callers.TryGet(name, out var caller) ? caller : null;
    }
}
