using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace RvpServer.Delivery;

/// <summary>Finds the addresses of a host name; throws <see cref="SocketException"/> or gives none where there are none.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string name, CancellationToken stop);

/// <summary>
/// Host names in callbacks: their addresses, and for whom each name was admitted. A name may lead elsewhere by the time it is called, so
/// the dialer judges the new address by the rules for the same caller.
/// </summary>
/// <param name="resolve">The resolver.</param>
/// <param name="clock">Bounds how long it may take.</param>
/// <param name="maxNames">How many names are kept.</param>
internal sealed class CallbackNames(ResolveHost resolve, TimeProvider clock, int maxNames = 50_000)
{
    private static readonly TimeSpan maxResolveTime = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, IPAddress> callers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>All addresses of a name; none where it has none or the resolver did not answer in time.</summary>
    public async ValueTask<IPAddress[]> FindAsync(string name, CancellationToken stop)
    {
        using var timeout = new CancellationTokenSource(maxResolveTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, stop);
        try
        {
            return await resolve(name, either.Token).WaitAsync(either.Token);
        }
        catch (Exception e) when (e is SocketException or ArgumentException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return [];
        }
    }

    /// <summary>Keeps for whom a name was admitted.</summary>
    public void Remember(string name, IPAddress caller)
    {
        // A forgotten name is judged as after a restart: it can only lose, never open anything.
        if (callers.Count >= maxNames && !callers.ContainsKey(name)) callers.Clear();
        callers[name] = caller;
    }

    /// <summary>For whom a name was admitted, or null.</summary>
    public IPAddress? FindCaller(string name) => callers.GetValueOrDefault(name);
}
