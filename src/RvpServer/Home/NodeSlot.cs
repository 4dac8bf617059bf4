using Rvp.Engine;

namespace RvpServer.Home;

/// <summary>A node in memory with its turn: one writer at a time.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Reliability", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose of.")]
internal sealed class NodeSlot(Node node)
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private NewsInbox? inbox;

    public Node Node { get; } = node;

    /// <summary>When the lease timer looks at this node; guarded by the timer.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>News about contacts, for a node with polled sign-ins: taken through the node's own turn, in order.</summary>
    public NewsInbox Inbox => inbox ?? Interlocked.CompareExchange(ref inbox, new NewsInbox(), null) ?? inbox;

    /// <summary>Waits for the node's turn; disposing the result gives it back.</summary>
    public async ValueTask<Turn> TakeTurnAsync(CancellationToken stop)
    {
        await turn.WaitAsync(stop);
        return new Turn(turn);
    }

    internal readonly struct Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
