using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Nodes;

/// <summary>
/// The interface between requests and nodes, with only values in both directions: requests to a node, and notifications for one. Code that uses it does not
/// know where a node is or how its turns work.
/// </summary>
internal interface INodes
{
    /// <summary>
    /// Sends a request to a node and waits for the reply, until everything it promises is stored. Throws <see cref="Runtime.UnavailableException"/> when the
    /// store fails.
    /// </summary>
    /// <param name="node">The node's canonical URL.</param>
    /// <param name="owner">The directory's data about its owner.</param>
    /// <param name="request">The request.</param>
    /// <param name="caller">The caller.</param>
    /// <param name="stop">Ends the waiting, for deliveries too; what was decided by then stays.</param>
    ValueTask<NodeReply> AskAsync(RvpUrl node, NodeOwner owner, Request request, Caller caller, CancellationToken stop);

    /// <summary>
    /// Takes property changes for another node of this organisation, in order, wherever its home server is. Returns immediately and never throws; what
    /// cannot be taken is counted and logged, and nothing behind it is lost. Nobody waits for the result.
    /// </summary>
    /// <param name="node">The watcher's node, under its canonical URL.</param>
    /// <param name="news">Notifications whose callback is that node.</param>
    void Receive(RvpUrl node, IReadOnlyList<Notification> news);

    /// <summary>
    /// Has a node tell its state to watchers who are owed it. False if it could not be asked just now. Throws <see cref="Runtime.UnavailableException"/> when
    /// the store fails.
    /// </summary>
    /// <param name="node">The node's canonical URL.</param>
    /// <param name="watches">Its watches, with how often each was owed something; null: all of them.</param>
    /// <param name="stop">Ends the waiting.</param>
    Task<bool> TellWatchersAsync(RvpUrl node, IReadOnlyDictionary<int, int>? watches, CancellationToken stop);
}
