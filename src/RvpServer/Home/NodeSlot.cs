using Rvp.Engine;

namespace RvpServer.Home;

/// <summary>A node in memory with its turn: one writer at a time.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Reliability", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose of.")]
internal sealed class NodeSlot(Node node)
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private NodeCounts counted;

    public Node Node { get; } = node;

    /// <summary>When the lease timer checks this node; guarded by the timer.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Requests for its owner's account so far: what the directory said before the last one may be out of date. Changed in the node's turn.</summary>
    public int Visits { get; set; }

    /// <summary>True once the node is no longer in memory; read it only in the node's turn.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>Waits for the node's turn; disposing the result ends the turn.</summary>
    public async ValueTask<Turn> TakeTurnAsync(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        return new Turn(turn);
    }

    /// <summary>Updates the sums of all nodes for this one; in its turn.</summary>
    public void Count(HomeMetrics metrics) => Count(metrics, NodeCounts.Of(Node));

    /// <summary>Removes the node from the sums permanently; in its turn.</summary>
    public void Forget(HomeMetrics metrics)
    {
        IsForgotten = true;
        Count(metrics, default);
    }

    private void Count(HomeMetrics metrics, NodeCounts now)
    {
        metrics.Changed(counted, now);
        counted = now;
    }

    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
