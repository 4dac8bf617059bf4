using System.Threading.Channels;
using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>Callbacks that failed in all attempts, with the node whose subscription named them, until their sign-ins are ended.</summary>
internal sealed class DeadCallbacks
{
    // More than can die at the same time, unless the server itself is cut off; then leases end the sign-ins.
    private readonly Channel<(Callback.Direct Callback, RvpUrl Node)> dead =
        Channel.CreateBounded<(Callback.Direct, RvpUrl)>(new BoundedChannelOptions(20_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Adds a dead callback; never blocks.</summary>
    public void Report(Callback.Direct callback, RvpUrl node) => dead.Writer.TryWrite((callback, node));

    /// <summary>Waits until there are some, and takes them.</summary>
    public async Task<IReadOnlyList<(Callback.Direct Callback, RvpUrl Node)>> TakeAsync(CancellationToken stop)
    {
        await dead.Reader.WaitToReadAsync(stop);
        var taken = new List<(Callback.Direct, RvpUrl)>();
        while (dead.Reader.TryRead(out var one)) taken.Add(one);
        return taken;
    }
}
