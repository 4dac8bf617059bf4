using System.Collections.Concurrent;
using System.Threading.Channels;
using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>
/// Callbacks that failed in all attempts or are not wanted, until the subscriptions that named them are ended. No more of them than subscriptions.
/// </summary>
internal sealed class DeadCallbacks
{
    private readonly ConcurrentDictionary<(RvpUrl Node, Request End), bool> dead = new();
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Adds a dead callback, with the node whose subscription named it; never blocks.</summary>
    public void Report(Callback.Direct callback, RvpUrl node) => Report(node, new EndCallback(callback));

    /// <summary>Adds a watch whose changes are refused; never blocks.</summary>
    public void ReportRefused(int watch, RvpUrl node) => Report(node, new EndWatch(watch));

    /// <summary>Adds one again that could not be ended.</summary>
    public void Report(RvpUrl node, Request end)
    {
        if (dead.TryAdd((node, end), true)) news.Writer.TryWrite(true);
    }

    /// <summary>Waits until there are some, and takes them: for each the node, and the request that ends them.</summary>
    public async Task<IReadOnlyList<(RvpUrl Node, Request End)>> TakeAsync(CancellationToken stop)
    {
        await news.Reader.ReadAsync(stop);
        var taken = new List<(RvpUrl, Request)>();
        foreach (var one in dead.Keys)
            if (dead.TryRemove(one, out _)) taken.Add(one);
        return taken;
    }
}
