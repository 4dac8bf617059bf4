using System.Collections.Concurrent;
using System.Threading.Channels;
using Rvp.Engine;

namespace RvpServer.Home;

/// <summary>Sign-ins with callbacks for which messages were kept, until <see cref="HandOverService"/> has handed them over.</summary>
internal sealed class HandOvers
{
    // Each is here once, so there are not more than sign-ins.
    private readonly Channel<(NodeSlot Slot, int SignIn)> begun = Channel.CreateUnbounded<(NodeSlot, int)>();
    private readonly ConcurrentDictionary<(NodeSlot Slot, int SignIn), bool> all = new();

    /// <summary>Something waits for these sign-ins of a node; those that poll fetch it themselves. In the node's turn.</summary>
    public void Begin(NodeSlot slot, IEnumerable<int> holders)
    {
        foreach (var id in holders)
        {
            if (slot.Node.FindSubscription(id) is not { Callback: Callback.Direct }) continue;
            if (all.TryAdd((slot, id), true)) begun.Writer.TryWrite((slot, id));
        }
    }

    /// <summary>Waits for the next one.</summary>
    public ValueTask<(NodeSlot Slot, int SignIn)> TakeAsync(CancellationToken stop) => begun.Reader.ReadAsync(stop);

    /// <summary>All is handed over, or the sign-in has ended. In the node's turn: what comes later begins again.</summary>
    public void End(NodeSlot slot, int signIn) => all.TryRemove((slot, signIn), out _);
}
