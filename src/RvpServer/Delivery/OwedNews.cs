using Rvp.Engine;
using Rvp.Protocol;

namespace RvpServer.Delivery;

/// <summary>
/// Watches whose watchers may have a false picture: news for them did not arrive, whatever the reason, and the watch is alive as far as anybody knows. They are
/// owed not the news but the present state, which their node is asked for after a while. There are never more of them than watches.
/// </summary>
internal sealed class OwedNews(TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    /// <summary>The last pause is 16 times the first. Decision: a picture is true again within seconds after the cause is over.</summary>
    private const int MaxDoublings = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<RvpUrl, Debt> debts = [];

    /// <summary>News did not arrive; never blocks.</summary>
    public void Add(Notification lost)
    {
        var watched = lost.Via ?? lost;
        lock (gate)
        {
            var debt = DebtOf(watched.Node, clock.GetUtcNow() + (FirstPause * (1 << Math.Min(lost.TimesOwed, MaxDoublings))));
            if (debt.Watches is { } watches)
                watches[watched.SubscriptionId] = Math.Max(watches.GetValueOrDefault(watched.SubscriptionId), lost.TimesOwed + 1);
        }
    }

    /// <summary>All watchers of a node are owed its state now: the server ended before they were told.</summary>
    public void AddAll(RvpUrl node)
    {
        lock (gate) DebtOf(node, clock.GetUtcNow()).Watches = null;
    }

    /// <summary>What was taken could not be told.</summary>
    public void Return(RvpUrl node, IReadOnlyDictionary<int, int>? watches)
    {
        lock (gate)
        {
            var debt = DebtOf(node, clock.GetUtcNow() + FirstPause);
            if (watches is null || debt.Watches is null) debt.Watches = null;
            else
            {
                foreach (var (watch, times) in watches) debt.Watches[watch] = times;
            }
        }
    }

    /// <summary>The node is not here any more.</summary>
    public void Drop(RvpUrl node)
    {
        lock (gate) debts.Remove(node);
    }

    /// <summary>True if watchers of this node are owed something.</summary>
    public bool Owes(RvpUrl node)
    {
        lock (gate) return debts.ContainsKey(node);
    }

    /// <summary>Takes some that are due: for each node its watches, with how often each was owed something; null for all of them.</summary>
    public IReadOnlyList<(RvpUrl Node, IReadOnlyDictionary<int, int>? Watches)> TakeDue(int atMost)
    {
        var due = new List<(RvpUrl, IReadOnlyDictionary<int, int>?)>();
        lock (gate)
        {
            if (debts.Count == 0) return due;
            var now = clock.GetUtcNow();
            foreach (var (node, debt) in debts)
            {
                if (debt.DueAt > now) continue;
                due.Add((node, debt.Watches));
                if (due.Count == atMost) break;
            }
            foreach (var (node, _) in due) debts.Remove(node);
        }
        return due;
    }

    private Debt DebtOf(RvpUrl node, DateTimeOffset dueAt)
    {
        if (!debts.TryGetValue(node, out var debt)) debts[node] = debt = new Debt { DueAt = dueAt, Watches = [] };
        if (dueAt < debt.DueAt) debt.DueAt = dueAt;
        return debt;
    }

    private sealed class Debt
    {
        public DateTimeOffset DueAt { get; set; }

        public Dictionary<int, int>? Watches { get; set; }
    }
}
