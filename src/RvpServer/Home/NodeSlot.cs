using Rvp.Engine;

namespace RvpServer.Home;

/// <summary>A node in memory with its turn: one writer at a time.</summary>
internal sealed class NodeSlot(Node node)
{
    private Turns turns;
    private OptionalTime dueAt;
    private NodeCounts counted;
    private bool isLeaving;

    public Node Node { get; } = node;

    /// <summary>When the lease timer checks this node; guarded by the timer.</summary>
    public DateTimeOffset? DueAt
    {
        get => dueAt;
        set => dueAt = value;
    }

    /// <summary>Requests for its owner's account so far: what the directory said before the last one may be out of date. Changed in the node's turn.</summary>
    public int Visits { get; set; }

    /// <summary>True once other processes were asked for what the account has left under an earlier name. Changed in the node's turn.</summary>
    public bool IsSought { get; set; }

    /// <summary>Sequences of what waits here and is not in the store: see <see cref="LatePresence"/>. Changed in the node's turn; null: none.</summary>
    public HashSet<long>? Unstored { get; set; }

    /// <summary>True once the node is no longer in memory; read it only in the node's turn.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>True while the node is on its way to another home server: nothing may change it. Set in the node's turn, and may be read outside.</summary>
    public bool IsLeaving
    {
        get => Volatile.Read(ref isLeaving);
        set => Volatile.Write(ref isLeaving, value);
    }

    /// <summary>True if requests of the server itself have nothing to do here; read it only in the node's turn.</summary>
    public bool IsClosed => IsForgotten || IsLeaving;

    /// <summary>Waits for the node's turn; disposing the result ends the turn.</summary>
    public ValueTask<Turn> TakeTurnAsync(CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return ValueTask.FromCanceled<Turn>(stop);
        return turns.TryTake() || turns.Queue() is not { } place ? new(new Turn(this)) : WaitAsync(place, stop);
    }

    /// <summary>True if the node has nothing to learn from the directory, which knows its account: no state changes, and it is not another's.</summary>
    public async ValueTask<bool> IsUpToDateAsync(NodeOwner owner, CancellationToken stop)
    {
        using var turn = await TakeTurnAsync(stop);
        var isUpToDate = !IsForgotten && Node.MissingSince is null && (Node.IsUntouched || Node.AccountId == owner.AccountId);
        if (isUpToDate && Node.Owner != owner) Node.Owner = owner;
        return isUpToDate;
    }

    /// <summary>Updates the sums of all nodes for this one; in its turn.</summary>
    public void Count(HomeMetrics metrics) => Count(metrics, NodeCounts.Of(Node));

    /// <summary>Removes the node from the sums permanently; in its turn.</summary>
    public void Forget(HomeMetrics metrics)
    {
        IsForgotten = true;
        Count(metrics, default);
    }

    private async ValueTask<Turn> WaitAsync(TaskCompletionSource place, CancellationToken stop)
    {
        using (stop.UnsafeRegister(static (place, token) => ((TaskCompletionSource)place!).TrySetCanceled(token), place)) await place.Task;
        return new Turn(this);
    }

    private void Count(HomeMetrics metrics, NodeCounts now)
    {
        metrics.Changed(counted, now);
        counted = now;
    }

    internal readonly struct Turn(NodeSlot slot) : IDisposable
    {
        public void Dispose() => slot.turns.GiveBack();
    }
}
