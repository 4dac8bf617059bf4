using Rvp.Engine;
using Rvp.Engine.Requests;
using Rvp.Protocol;

namespace RvpServer.Nodes;

/// <summary>
/// The narrow seam between the request's way and the nodes, in both directions only values: what is asked of a node, and what is told to one. Behind
/// it are the nodes of this process; nothing before it knows where a node lives or how its turns are taken.
/// </summary>
internal interface INodes
{
    /// <summary>
    /// Asks a node and waits for its answer: until what it promises is stored, what it acknowledges is delivered, and a POLL that wants to wait has
    /// waited. Throws <see cref="Runtime.UnavailableException"/> where the store does not take it.
    /// </summary>
    /// <param name="node">The node's canonical URL.</param>
    /// <param name="owner">What the directory says of its owner.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="stop">Ends the waiting; what was decided by then stays.</param>
    ValueTask<Answer> AskAsync(RvpUrl node, NodeOwner owner, Request request, Caller caller, CancellationToken stop);

    /// <summary>
    /// Takes property changes for another node of this organisation, in order, wherever its home is. Returns at once and never throws; what cannot be
    /// taken is counted and logged, and costs nothing behind it. Nobody waits for what becomes of them.
    /// </summary>
    /// <param name="node">The watcher's node, under its canonical URL.</param>
    /// <param name="news">Notifications whose callback is that node.</param>
    void Receive(RvpUrl node, IReadOnlyList<Notification> news);
}
