using Rvp.Engine;

namespace RvpServer.Home;

/// <summary>One timer for all leases of all nodes.</summary>
internal sealed class LeaseTimer : IDisposable
{
    private readonly TimeProvider clock;
    private readonly Lock gate = new();
    private readonly LeaseQueue<NodeSlot> queue = new();
    private readonly SemaphoreSlim due = new(0, 1);
    private readonly ITimer timer;
    private DateTimeOffset armedFor = DateTimeOffset.MaxValue;

    public LeaseTimer(TimeProvider clock)
    {
        this.clock = clock;
        timer = clock.CreateTimer(static state => ((LeaseTimer)state!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Notes a node's earliest lease; in its turn. Costs nothing if it is not earlier than the known one.</summary>
    public void Expect(NodeSlot slot)
    {
        if (slot.Node.NextDue is { } at) ExpectAt(slot, at);
    }

    /// <summary>Makes a node due at this time.</summary>
    public void ExpectAt(NodeSlot slot, DateTimeOffset at)
    {
        lock (gate)
        {
            if (slot.DueAt <= at) return;
            slot.DueAt = at;
            queue.Add(slot, at);
            Arm();
        }
    }

    /// <summary>Waits until nodes are due and takes them.</summary>
    public async Task<IReadOnlyList<NodeSlot>> TakeDueAsync(CancellationToken stop)
    {
        while (true)
        {
            lock (gate)
            {
                var taken = new List<NodeSlot>();
                while (queue.TryTakeDue(clock.GetUtcNow(), out var slot, out var dueAt))
                {
                    if (slot.DueAt != dueAt) continue; // It once became due earlier, and was taken then.
                    slot.DueAt = null;
                    taken.Add(slot);
                }
                armedFor = DateTimeOffset.MaxValue;
                Arm();
                if (taken.Count > 0) return taken;
            }
            await due.WaitAsync(stop);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        due.Dispose();
    }

    private void Arm()
    {
        if (queue.NextDue is not { } next || next >= armedFor) return;
        armedFor = next;
        var wait = next - clock.GetUtcNow();
        timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private void Wake()
    {
        lock (gate)
        {
            armedFor = DateTimeOffset.MaxValue;
            if (due.CurrentCount == 0) due.Release();
        }
    }
}
