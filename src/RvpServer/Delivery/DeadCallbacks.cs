using System.Threading.Channels;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>Callbacks that failed in all attempts or are not wanted, until the subscriptions that named them are ended.</summary>
internal sealed class DeadCallbacks
{
    // More than can die at the same time, unless the server itself is cut off; then leases end the sign-ins.
    private readonly Channel<(RvpUrl Node, Request End)> dead =
        Channel.CreateBounded<(RvpUrl, Request)>(new BoundedChannelOptions(20_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Adds a dead callback, with the node whose subscription named it; never blocks.</summary>
    public void Report(Callback.Direct callback, RvpUrl node) => dead.Writer.TryWrite((node, new EndCallback(callback)));

    /// <summary>Adds a watch whose changes are refused; never blocks.</summary>
    public void ReportRefused(int watch, RvpUrl node) => dead.Writer.TryWrite((node, new EndWatch(watch)));

    /// <summary>Waits until there are some, and takes them: for each the node, and the request that ends them.</summary>
    public async Task<IReadOnlyList<(RvpUrl Node, Request End)>> TakeAsync(CancellationToken stop)
    {
        await dead.Reader.WaitToReadAsync(stop);
        var taken = new List<(RvpUrl, Request)>();
        while (dead.Reader.TryRead(out var one)) taken.Add(one);
        return taken;
    }
}
